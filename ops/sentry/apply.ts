/**
 * `deno task sentry:apply [--dry-run]`: makes Sentry's alert rules those of `ops/sentry/*.json`.
 *
 * May be run at any time and any number of times: what is as it is to be is left alone. Rules whose
 * name does not begin with `[D07] ` are not ours and not touched; one of ours that is in no file any
 * more is named and left for a person to delete.
 */
import { SettingsError } from "../../local/settings.ts";
import { type Audience, differences, OURS, readRules, toSentry } from "./rules.ts";
import { connectSentry, type SentryApi, SentryRefused } from "./sentry_api.ts";

/** What was done, or would be. */
export interface Applied {
  readonly created: readonly string[];
  /** With the parts that were not as they are to be. */
  readonly changed: readonly string[];
  readonly kept: readonly string[];
  /** Rules of ours in Sentry that are in no file, or there twice. */
  readonly strange: readonly string[];
}

/**
 * Brings Sentry's rules to what the files say.
 *
 * @param api Keeps the rules.
 * @param audience Whom they tell.
 * @param dryRun Only look.
 */
export async function applyRules(
  api: SentryApi,
  audience: Audience,
  dryRun: boolean,
): Promise<Applied> {
  const found = (await api.list()).filter(({ name, projects }) =>
    name.startsWith(OURS) && (projects ?? []).includes(audience.project)
  );
  const created: string[] = [];
  const changed: string[] = [];
  const kept: string[] = [];
  const known = new Set<unknown>();
  for (const rule of await readRules()) {
    const wanted = toSentry(rule, audience);
    const present = found.find(({ name }) => name === rule.name);
    if (present === undefined) {
      if (!dryRun) await api.create(wanted);
      created.push(rule.name);
      continue;
    }
    known.add(present);
    const parts = differences(wanted, present);
    if (parts.length === 0) {
      kept.push(rule.name);
      continue;
    }
    if (!dryRun) await api.replace(String(present.id), wanted);
    changed.push(`${rule.name} (${parts.join(", ")})`);
  }
  const strange = found.filter((rule) => !known.has(rule)).map(({ name }) => name);
  return { created, changed, kept, strange };
}

/** Reads where and as whom from the environment. */
function readAccount(env: Record<string, string>) {
  const value = (name: string) => {
    const text = env[name]?.trim();
    if (!text) {
      throw new SettingsError(`${name} is missing; .env.example says where it comes from.`);
    }
    return text;
  };
  return {
    url: (env["SENTRY_API_URL"]?.trim() || "https://sentry.io").replace(/\/+$/, ""),
    token: value("SENTRY_AUTH_TOKEN"),
    organization: value("SENTRY_ORG"),
    project: value("SENTRY_PROJECT"),
    team: env["SENTRY_ALERT_TEAM"]?.trim() || null,
    environment: env["APP_ENV"]?.trim() || "production",
  };
}

async function main(): Promise<number> {
  const say = (line: string) => Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
  const dryRun = Deno.args.includes("--dry-run");
  try {
    const account = readAccount(Deno.env.toObject());
    const wait = (ms: number) => new Promise<void>((done) => setTimeout(done, ms));
    const { created, changed, kept, strange } = await applyRules(
      connectSentry({ ...account, wait }),
      account,
      dryRun,
    );
    for (const name of created) say(`${dryRun ? "would create" : "created"}  ${name}`);
    for (const name of changed) say(`${dryRun ? "would change" : "changed"}  ${name}`);
    for (const name of strange) say(`not in ops/sentry, delete it in Sentry  ${name}`);
    if (account.team === null) say("Nobody is told: set SENTRY_ALERT_TEAM to a team's id.");
    say(`${created.length} created, ${changed.length} changed, ${kept.length} as they are to be`);
    return 0;
  } catch (error) {
    if (!(error instanceof SettingsError || error instanceof SentryRefused)) throw error;
    Deno.stderr.writeSync(new TextEncoder().encode(`${error.message}\n`));
    return 1;
  }
}

if (import.meta.main) Deno.exit(await main());
