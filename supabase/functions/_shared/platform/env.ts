/**
 * The environment, read once at start and checked: a missing or malformed variable stops the
 * program with one line that names it.
 */
import { z } from "zod";

/** A variable is missing or malformed; the message is one line that names it. */
export class EnvError extends Error {
  override readonly name = "EnvError";
}

/** Environment variables by name, as `Deno.env.toObject()` gives them. */
export type EnvSource = Readonly<Record<string, string | undefined>>;

/** Which kind of installation this is. Demo data and test bypasses exist in `local` and `test` only. */
export type AppEnv = "local" | "test" | "staging" | "production";

/** Which Paddle is talked to; `local` is the simulator at {@link PaddleEnv.apiUrl}. */
export type PaddleEnvironment = "sandbox" | "production" | "local";

/** How Paddle's API is reached. */
export interface PaddleEnv {
  readonly apiKey: string;
  readonly environment: PaddleEnvironment;
  /** Base address of the API, set only for `local`. */
  readonly apiUrl: string | undefined;
}

/** How errors and requests are told of. */
export interface SentryEnv {
  /** Where to; nothing is told without it. */
  readonly dsn: string | undefined;
  /** Share of requests that are told of, 0 to 1, besides those that an objective is measured on. */
  readonly tracesSampleRate: number;
}

/** What the site and the functions have in common. */
export interface CommonEnv {
  readonly appEnv: AppEnv;
  readonly appVersion: string;
  /** The project's URL without a trailing slash. */
  readonly supabaseUrl: string;
  readonly supabasePublishableKey: string;
  /** Verifies HS256 tokens; unset on hosted projects, whose keys are read from their JWKS. */
  readonly supabaseJwtSecret: string | undefined;
  /** The site's public address without a trailing slash, the base of every link. */
  readonly siteUrl: string;
  readonly defaultPublicTenant: string;
  readonly paddle: PaddleEnv;
  readonly sentry: SentryEnv;
}

/** What the site reads. */
export interface SiteEnv extends CommonEnv {
  /** Connection string of the login `app_site`. */
  readonly databaseUrl: string;
  /** The same login on a connection of its own, which a pooler by transactions cannot give. */
  readonly listenUrl: string;
  /** Paddle.js token; shown to the browser. */
  readonly paddleClientToken: string | undefined;
}

/** What the edge functions read. */
export interface FunctionsEnv extends CommonEnv {
  /** Connection string of the login `app_functions`. */
  readonly databaseUrl: string;
  /** Passes over Storage's policies; `@core/documents/storage_keeper.ts` alone reads it (ADR 0022). */
  readonly supabaseSecretKey: string;
  readonly paddleWebhook: PaddleWebhookEnv;
  /** Bearers that the cron endpoints accept; more than one during rotation. */
  readonly cronSecrets: readonly string[];
  readonly mail: MailEnv;
}

/** How Paddle's deliveries are checked. */
export interface PaddleWebhookEnv {
  /** Secrets that are valid now; more than one during rotation. */
  readonly secrets: readonly string[];
  /** How far a signature's time may be from ours, in seconds, either way. */
  readonly toleranceSeconds: number;
  /** Skips the signature check; true only where `APP_ENV` is `local` or `test`. */
  readonly bypassSignature: boolean;
}

/** How mails are sent. */
export interface MailEnv {
  readonly apiKey: string;
  readonly from: string;
  /** Base address of the Resend API; the real one if unset. */
  readonly baseUrl: string | undefined;
  /** Calls a second that Resend allows the team, over all processes. */
  readonly maxRps: number;
  /** Secrets of Resend's webhook, several during rotation; none while it is not set up. */
  readonly webhookSecrets: readonly string[];
  /** Secrets of Supabase Auth's mail hook, several during rotation; none while it is not set up. */
  readonly hookSecrets: readonly string[];
}

const url = z.url({ protocol: /^https?$/, error: "must be an http(s) address" })
  .transform((value) => value.replace(/\/+$/, ""));
const databaseUrl = z.string().regex(
  /^postgres(?:ql)?:\/\/.+/,
  "must be a postgresql:// connection string",
);
const text = z.string().min(1);
const flag = z.enum(["true", "1", "false", "0"], { error: "must be true or false" })
  .transform((value) => value === "true" || value === "1");

/** Secrets that are valid now, separated by commas during rotation. */
const secrets = text.transform((value) =>
  value.split(",").map((secret) => secret.trim()).filter((secret) => secret !== "")
).refine((values) => values.length > 0, "must hold at least one secret");

const common = {
  "APP_ENV": z.enum(["local", "test", "staging", "production"]).default("production"),
  "APP_VERSION": text.default("unknown"),
  "SUPABASE_URL": url,
  "SUPABASE_PUBLISHABLE_KEY": text,
  "SUPABASE_JWT_SECRET": z.string().min(32, "must have at least 32 characters").optional(),
  "SITE_URL": url,
  "DEFAULT_PUBLIC_TENANT": z.string().regex(/^[a-z][a-z0-9_-]*$/, "must be a tenant id")
    .default("ks"),
  "PADDLE_API_KEY": text,
  "PADDLE_API_URL": url.optional(),
  "FRESH_PUBLIC_PADDLE_ENV": z.enum(["sandbox", "production", "local"]),
  "PADDLE_WEBHOOK_BYPASS_SIGNATURE_IN_DEV": flag.default(false),
  "SENTRY_DSN": z.string().regex(
    /^https?:\/\/\w+@[^\s/@]+(?:\/[^\s?#]*)?\/\d+$/,
    "must look like https://<key>@<host>/<project>",
  ).optional(),
  "SENTRY_TRACES_SAMPLE_RATE": z.coerce.number("must be a number from 0 to 1").min(0).max(1)
    .default(0),
};

const site = z.object({
  ...common,
  "SITE_DATABASE_URL": databaseUrl,
  "SITE_LISTEN_DATABASE_URL": databaseUrl.optional(),
  "FRESH_PUBLIC_PADDLE_CLIENT_TOKEN": text.optional(),
});

const functions = z.object({
  ...common,
  "FUNCTIONS_DATABASE_URL": databaseUrl,
  "SUPABASE_SECRET_KEY": text,
  "PADDLE_WEBHOOK_SECRET_KEY": secrets,
  "PADDLE_WEBHOOK_TOLERANCE_SECONDS": z.coerce.number("must be a number of seconds").int().min(1)
    .max(86_400).default(300),
  "CRON_SECRET": secrets.refine(
    (values) => values.every((value) => value.length >= 16),
    "must have at least 16 characters",
  ),
  "RESEND_API_KEY": text,
  "RESEND_FROM_EMAIL": z.string().regex(
    /^(?:[^<>\r\n]*<[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)$/,
    "must be an address, or a name and an address in <>",
  ),
  "RESEND_BASE_URL": url.optional(),
  "RESEND_MAX_RPS": z.coerce.number("must be a number of calls a second").min(0.1).max(1_000)
    .default(2),
  "RESEND_WEBHOOK_SECRET": secrets.refine(
    (values) => values.every((value) => /^whsec_[A-Za-z0-9+/]{24,}={0,2}$/.test(value)),
    "must begin with whsec_ as Resend shows it",
  ).optional(),
  "SEND_EMAIL_HOOK_SECRET": z.string()
    // Auth's own way to write several; a comma stands inside of each.
    .transform((value) => value.split("|").map((secret) => secret.trim()))
    .refine(
      (values) => values.every((value) => /^v1,whsec_[A-Za-z0-9+/]{24,}={0,2}$/.test(value)),
      "must begin with v1,whsec_ as the dashboard shows it",
    ).optional(),
});

/** What stands in for a variable that is unset. */
const FALLBACKS: Readonly<Record<string, (source: EnvSource) => string | undefined>> = {
  "FUNCTIONS_DATABASE_URL": (source) => source["SUPABASE_DB_URL"],
  "RESEND_FROM_EMAIL": (source) => source["RESEND_FROM"],
  "FRESH_PUBLIC_PADDLE_ENV": (source) => source["NEXT_PUBLIC_PADDLE_ENV"],
  // Hosted functions are given all keys by name, older projects one; nobody may set SUPABASE_* there.
  "SUPABASE_PUBLISHABLE_KEY": (source) =>
    firstKey(source, "SUPABASE_PUBLISHABLE_KEYS") ?? source["SUPABASE_ANON_KEY"],
  "SUPABASE_SECRET_KEY": (source) =>
    firstKey(source, "SUPABASE_SECRET_KEYS") ?? source["SUPABASE_SERVICE_ROLE_KEY"],
};

/**
 * Reads and checks the site's environment.
 *
 * @param source Variables by name.
 * @returns The checked values.
 * @throws {EnvError} If a variable is missing or malformed, or the signature bypass is set in
 * production.
 */
export function readSiteEnv(source: EnvSource): SiteEnv {
  const values = check(site, source);
  return {
    ...commonEnv(values),
    databaseUrl: overTls("SITE_DATABASE_URL", values.SITE_DATABASE_URL, values.APP_ENV),
    listenUrl: overTls(
      "SITE_LISTEN_DATABASE_URL",
      values.SITE_LISTEN_DATABASE_URL ?? values.SITE_DATABASE_URL,
      values.APP_ENV,
    ),
    paddleClientToken: values.FRESH_PUBLIC_PADDLE_CLIENT_TOKEN,
  };
}

/**
 * Reads and checks the edge functions' environment.
 *
 * @param source Variables by name.
 * @returns The checked values.
 * @throws {EnvError} If a variable is missing or malformed, or the signature bypass is set in
 * production.
 */
export function readFunctionsEnv(source: EnvSource): FunctionsEnv {
  const values = check(functions, source);
  const bypass = values.PADDLE_WEBHOOK_BYPASS_SIGNATURE_IN_DEV;
  return {
    ...commonEnv(values),
    databaseUrl: overTls("FUNCTIONS_DATABASE_URL", values.FUNCTIONS_DATABASE_URL, values.APP_ENV),
    supabaseSecretKey: values.SUPABASE_SECRET_KEY,
    paddleWebhook: {
      secrets: values.PADDLE_WEBHOOK_SECRET_KEY,
      toleranceSeconds: values.PADDLE_WEBHOOK_TOLERANCE_SECONDS,
      bypassSignature: bypass && (values.APP_ENV === "local" || values.APP_ENV === "test"),
    },
    cronSecrets: values.CRON_SECRET,
    mail: {
      apiKey: values.RESEND_API_KEY,
      from: values.RESEND_FROM_EMAIL,
      baseUrl: values.RESEND_BASE_URL,
      maxRps: values.RESEND_MAX_RPS,
      webhookSecrets: values.RESEND_WEBHOOK_SECRET ?? [],
      hookSecrets: values.SEND_EMAIL_HOOK_SECRET ?? [],
    },
  };
}

function commonEnv(values: z.infer<z.ZodObject<typeof common>>): CommonEnv {
  // Whoever meets it stops, the functions that would obey it and the site beside them.
  if (values.PADDLE_WEBHOOK_BYPASS_SIGNATURE_IN_DEV && values.APP_ENV === "production") {
    throw new EnvError(
      "PADDLE_WEBHOOK_BYPASS_SIGNATURE_IN_DEV must not be true when APP_ENV is production",
    );
  }
  const environment = values.FRESH_PUBLIC_PADDLE_ENV;
  if (environment === "local" && values.PADDLE_API_URL === undefined) {
    throw new EnvError("PADDLE_API_URL is missing; FRESH_PUBLIC_PADDLE_ENV=local needs it");
  }
  return {
    appEnv: values.APP_ENV,
    appVersion: values.APP_VERSION,
    supabaseUrl: values.SUPABASE_URL,
    supabasePublishableKey: values.SUPABASE_PUBLISHABLE_KEY,
    supabaseJwtSecret: values.SUPABASE_JWT_SECRET,
    siteUrl: values.SITE_URL,
    defaultPublicTenant: values.DEFAULT_PUBLIC_TENANT,
    paddle: {
      apiKey: values.PADDLE_API_KEY,
      environment,
      apiUrl: environment === "local" ? values.PADDLE_API_URL : undefined,
    },
    sentry: { dsn: values.SENTRY_DSN, tracesSampleRate: values.SENTRY_TRACES_SAMPLE_RATE },
  };
}

/**
 * An address of the database that insists on TLS, unless both are on one machine. The driver would
 * do without, and members' data would cross the internet in the clear.
 */
function overTls(name: string, address: string, appEnv: AppEnv): string {
  const url = URL.parse(address);
  if (url === null || appEnv === "local" || appEnv === "test") return address;
  if (["127.0.0.1", "localhost", "[::1]"].includes(url.hostname)) return address;
  const mode = url.searchParams.get("sslmode");
  if (mode === null) {
    url.searchParams.set("sslmode", "require");
    return url.href;
  }
  if (mode === "require" || mode === "verify-full") return address;
  throw new EnvError(`${name} is malformed: sslmode must be require or verify-full`);
}

function check<Shape extends z.ZodRawShape>(
  schema: z.ZodObject<Shape>,
  source: EnvSource,
): z.infer<z.ZodObject<Shape>> {
  const values = Object.fromEntries(
    Object.keys(schema.shape).map((name) => {
      return [name, given(source[name]) ?? given(FALLBACKS[name]?.(source))];
    }),
  );
  const result = schema.safeParse(values);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const name = String(issue?.path[0] ?? "environment");
  // The value itself stays out of the message: it may be a secret.
  throw new EnvError(
    values[name] === undefined ? `${name} is missing` : `${name} is malformed: ${issue?.message}`,
  );
}

/** An empty line in an env file means "not set". */
function given(value: string | undefined): string | undefined {
  const trimmed = value?.trim();
  return trimmed === "" ? undefined : trimmed;
}

/** The key called `default`, else any, of `{"default":"sb_publishable_…"}`. */
function firstKey(source: EnvSource, name: string): string | undefined {
  const json = source[name];
  if (json === undefined) return undefined;
  try {
    const keys = z.record(z.string(), z.string()).parse(JSON.parse(json));
    return keys["default"] ?? Object.values(keys)[0];
  } catch {
    throw new EnvError(`${name} is malformed: must be a JSON object of keys`);
  }
}
