/** What the environment of a deployment lacks. Pure. */
import { EnvError, readFunctionsEnv, readSiteEnv } from "@core/platform/env.ts";
import { advice, type Finding, missing, ok } from "./finding.ts";

/** Variables by name. */
export type Source = Readonly<Record<string, string | undefined>>;

/** What each part cannot do without, with where it comes from; docs/DEPLOY.md has the same lists. */
export const REQUIRED: Readonly<Record<string, string>> = {
  "APP_ENV": "production, or staging for a trial",
  "APP_VERSION": "the commit or tag that is deployed",
  "SITE_URL": "the site's public address, https://…",
  "SUPABASE_URL": "Supabase: Project Settings → Data API",
  "SUPABASE_PUBLISHABLE_KEY": "Supabase: Project Settings → API Keys",
  "SUPABASE_SECRET_KEY": "Supabase: Project Settings → API Keys; hosted functions are given theirs",
  "SUPABASE_DB_URL":
    "Supabase: Connect → session pooler, the owner's; for migrations and this check",
  "SITE_DATABASE_URL": "the login app_site at the transaction pooler",
  "FUNCTIONS_DATABASE_URL": "the login app_functions at the transaction pooler",
  "FRESH_PUBLIC_PADDLE_ENV": "production, or sandbox for a trial",
  "FRESH_PUBLIC_PADDLE_CLIENT_TOKEN": "Paddle: Developer Tools → Authentication",
  "PADDLE_API_KEY": "Paddle: Developer Tools → Authentication",
  "PADDLE_WEBHOOK_SECRET_KEY": "Paddle: Developer Tools → Notifications → the destination",
  "CRON_SECRET": "made here: openssl rand -hex 24",
  "RESEND_API_KEY": "Resend: API Keys",
  "RESEND_FROM_EMAIL": "an address of the domain that Resend has verified",
  "RESEND_WEBHOOK_SECRET": "Resend: Webhooks; without it bounces are not noticed",
  "SEND_EMAIL_HOOK_SECRET":
    "Supabase: Authentication → Hooks → Send Email; no mail about a password without it",
};

/** What stands in where a variable of another name is read too. */
const ALSO: Readonly<Record<string, readonly string[]>> = {
  "RESEND_FROM_EMAIL": ["RESEND_FROM"],
  "FRESH_PUBLIC_PADDLE_ENV": ["NEXT_PUBLIC_PADDLE_ENV"],
  "SUPABASE_PUBLISHABLE_KEY": ["SUPABASE_PUBLISHABLE_KEYS", "SUPABASE_ANON_KEY"],
  "SUPABASE_SECRET_KEY": ["SUPABASE_SECRET_KEYS", "SUPABASE_SERVICE_ROLE_KEY"],
};

/**
 * Looks at the environment.
 *
 * @param env Variables by name.
 */
export function examineEnvironment(env: Source): Finding[] {
  const has = (name: string) => (env[name]?.trim() ?? "") !== "";
  const findings = Object.entries(REQUIRED).map(([name, from]) =>
    [name, ...ALSO[name] ?? []].some(has) ? ok(name) : missing(name, from)
  );
  for (const [part, read] of [["site", readSiteEnv], ["functions", readFunctionsEnv]] as const) {
    findings.push(...malformed(part, () => read(env)));
  }
  return [...findings, ...unfit(env)];
}

function malformed(part: string, read: () => unknown): Finding[] {
  try {
    read();
    return [ok(`the ${part}'s environment`)];
  } catch (error) {
    if (!(error instanceof EnvError)) throw error;
    // What is not there at all was named already.
    if (error.message.endsWith(" is missing")) return [];
    return [missing(`the ${part}'s environment`, error.message)];
  }
}

/** What a program would take, and a deployment should not have. */
function unfit(env: Source): Finding[] {
  const value = (name: string) => env[name]?.trim() ?? "";
  const findings: Finding[] = [];
  const wrong = (is: boolean, what: string, todo: string) =>
    is && findings.push(missing(what, todo));
  const paddle = value("FRESH_PUBLIC_PADDLE_ENV") || value("NEXT_PUBLIC_PADDLE_ENV");
  const isProduction = value("APP_ENV") === "production";
  wrong(
    ["local", "test"].includes(value("APP_ENV")),
    "APP_ENV",
    "is local or test: demo accounts and bypasses exist there. Set production or staging.",
  );
  wrong(
    value("SITE_URL") !== "" && !value("SITE_URL").startsWith("https://"),
    "SITE_URL",
    "does not begin with https://: cookies would not be safe.",
  );
  wrong(
    paddle === "local",
    "FRESH_PUBLIC_PADDLE_ENV",
    "is the simulator. Set production or sandbox.",
  );
  wrong(
    isProduction && paddle === "sandbox",
    "FRESH_PUBLIC_PADDLE_ENV",
    "is sandbox while APP_ENV is production: nobody would pay.",
  );
  wrong(
    paddle === "production" && /^pdl_sdbx_/.test(value("PADDLE_API_KEY")),
    "PADDLE_API_KEY",
    "is a key of the sandbox.",
  );
  wrong(
    ["true", "1"].includes(value("PADDLE_WEBHOOK_BYPASS_SIGNATURE_IN_DEV")),
    "PADDLE_WEBHOOK_BYPASS_SIGNATURE_IN_DEV",
    "is on. Unset it: anybody could make themselves a member.",
  );
  wrong(
    value("RESEND_BASE_URL") !== "",
    "RESEND_BASE_URL",
    "is set: mails would go there and not to Resend. Leave it empty.",
  );
  if (value("SENTRY_DSN") === "") {
    findings.push(advice("SENTRY_DSN", "is empty: nobody is told of errors but by the log."));
  }
  if (value("SITE_LISTEN_DATABASE_URL") === "") {
    findings.push(advice(
      "SITE_LISTEN_DATABASE_URL",
      "is empty: behind the transaction pooler open claim pages hear no news.",
    ));
  }
  return findings;
}
