/**
 * `deno task predeploy [--after]`: is everything there that a deployment needs? Exit 1, naming what is
 * missing. With `--after` it also asks the deployed functions and site how they are.
 *
 * Reads the environment of the process: export what the deployment will have, secrets included. What
 * it prints has none of them.
 */
import { readSupabaseConfig } from "../../local/config_toml.ts";
import { ROOT } from "../../local/settings.ts";
import { readTaskEnv } from "../../local/task_env.ts";
import { examineDatabase } from "./database_store.ts";
import { examineEnvironment, type Source } from "./environment.ts";
import { type Finding, missing, ok } from "./finding.ts";

async function examineDeployed(env: Source): Promise<Finding[]> {
  return [
    await wellAt("functions", `${env["SUPABASE_URL"]}/functions/v1/health`, env),
    await wellAt("site", `${env["SITE_URL"]}/api/health`, env),
  ];
}

async function wellAt(what: string, address: string, env: Source): Promise<Finding> {
  try {
    const response = await fetch(address, {
      headers: { apikey: env["SUPABASE_PUBLISHABLE_KEY"] ?? "" },
      signal: AbortSignal.timeout(15_000),
      redirect: "manual",
    });
    const body = await response.json() as { status?: string; checks?: Record<string, Checked> };
    if (response.ok && body.status === "ok") return ok(what);
    const unwell = Object.entries(body.checks ?? {}).filter(([, check]) => !check.ok)
      .map(([name, { detail }]) => `${name}: ${detail ?? "not well"}`);
    return missing(what, `answers ${response.status} ${body.status ?? ""}: ${unwell.join("; ")}`);
  } catch (error) {
    return missing(what, `does not answer at ${address} (${(error as Error).name}).`);
  }
}

/** A part of a health answer. */
interface Checked {
  readonly ok: boolean;
  readonly detail?: string;
}

const say = (line: string) => Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
const env = await readTaskEnv();
say(`Looking at ${env["APP_ENV"] ?? "?"}: ${env["SITE_URL"] ?? "no SITE_URL"}`);
const { storage } = await readSupabaseConfig();
const findings = [
  ...examineEnvironment(env),
  ...await examineDatabase(env, ROOT, Object.keys(storage.buckets)),
  ...Deno.args.includes("--after") ? await examineDeployed(env) : [],
];
const WORDS = { ok: "ok     ", missing: "MISSING", advice: "advice " } as const;
for (const { verdict, what, todo } of findings) {
  say(`${WORDS[verdict]} ${what}${todo === "" ? "" : ` ${todo}`}`);
}
const count = (verdict: Finding["verdict"]) =>
  findings.filter((finding) => finding.verdict === verdict).length;
say(`${count("ok")} ok, ${count("missing")} missing, ${count("advice")} to think about`);
Deno.exit(count("missing") === 0 ? 0 : 1);
