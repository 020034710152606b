/**
 * Where a local stack lives and what it is called: ports, folders and the values generated once.
 */
import { join, resolve } from "node:path";

/** The checkout's root folder. */
export const ROOT = resolve(import.meta.dirname ?? ".", "..");

/** Ports of one stack; all on 127.0.0.1. */
export interface Ports {
  /** The site. */
  readonly site: number;
  /** The Supabase URL: Auth, Data API, Storage and edge functions. */
  readonly gateway: number;
  /** PostgreSQL. */
  readonly postgres: number;
  /** The mail inbox. */
  readonly inbox: number;
  /** The Paddle simulator. */
  readonly paddle: number;
}

/** What distinguishes one local stack from another. */
export interface Settings {
  readonly ports: Ports;
  /** Absolute folder of the cluster, the stored files and the generated values. */
  readonly stateDir: string;
  /** Whether demo people and their data are made. */
  readonly demo: boolean;
  /** `APP_ENV` of everything in this stack. */
  readonly appEnv: "local" | "test";
}

const BASE: Ports = { site: 8000, gateway: 54321, postgres: 54322, inbox: 54324, paddle: 54325 };

/** A setting that cannot be used; its message is one line for the person who typed it. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";
}

/**
 * Reads `PORT_OFFSET`, `STATE_DIR` and `DEMO`.
 *
 * @param source Environment variables by name.
 * @returns The settings of the stack they describe.
 * @throws {SettingsError} If `PORT_OFFSET` is not a whole number that keeps every port below 65536.
 */
export function readSettings(source: Record<string, string | undefined>): Settings {
  const raw = source["PORT_OFFSET"] || "0";
  const offset = Number(raw);
  if (!/^\d+$/.test(raw) || BASE.paddle + offset > 65535) {
    throw new SettingsError(
      `PORT_OFFSET must be a whole number from 0 to ${65535 - BASE.paddle}, got "${raw}"`,
    );
  }
  return {
    ports: shiftPorts(offset),
    stateDir: resolve(ROOT, source["STATE_DIR"] || ".local"),
    demo: source["DEMO"] !== "0",
    appEnv: "local",
  };
}

/**
 * The contract's ports, each moved up by `offset`.
 *
 * @param offset Added to every port.
 * @returns The moved ports.
 */
export function shiftPorts(offset: number): Ports {
  return {
    site: BASE.site + offset,
    gateway: BASE.gateway + offset,
    postgres: BASE.postgres + offset,
    inbox: BASE.inbox + offset,
    paddle: BASE.paddle + offset,
  };
}

/** Values that are drawn once per state folder and kept in `$STATE_DIR/env`. */
export interface Secrets {
  readonly jwtSecret: string;
  readonly publishableKey: string;
  readonly secretKey: string;
  readonly sitePassword: string;
  readonly functionsPassword: string;
  readonly cronSecret: string;
  readonly paddleApiKey: string;
  readonly paddleWebhookSecret: string;
  readonly paddleClientToken: string;
  readonly resendApiKey: string;
  readonly resendWebhookSecret: string;
  readonly sendEmailHookSecret: string;
}

/**
 * The generated values of a state folder, drawn on first use.
 *
 * @param stateDir Absolute path of the state folder; made if missing.
 * @returns The values, the same ones on every later call.
 */
export async function loadSecrets(stateDir: string): Promise<Secrets> {
  await Deno.mkdir(stateDir, { recursive: true });
  const file = join(stateDir, "secrets.json");
  const stored = await readSecrets(file);
  // A folder of an earlier version gets what it lacks and keeps what it has.
  const secrets: Secrets = {
    jwtSecret: random(48),
    publishableKey: `sb_publishable_${random(24)}`,
    secretKey: `sb_secret_${random(24)}`,
    sitePassword: random(24),
    functionsPassword: random(24),
    cronSecret: random(32),
    paddleApiKey: `pdl_local_apikey_${random(24)}`,
    paddleWebhookSecret: `pdl_ntfset_${random(32)}`,
    paddleClientToken: `local_${random(20)}`,
    resendApiKey: `re_${random(24)}`,
    resendWebhookSecret: `whsec_${btoa(random(24))}`,
    sendEmailHookSecret: `v1,whsec_${btoa(random(24))}`,
    ...stored,
  };
  if (Object.keys(secrets).every((name) => name in stored)) return secrets;
  const draft = `${file}.${crypto.randomUUID()}`;
  await Deno.writeTextFile(draft, JSON.stringify(secrets, null, 2), { mode: 0o600 });
  await Deno.rename(draft, file);
  return secrets;
}

async function readSecrets(file: string): Promise<Partial<Secrets>> {
  try {
    return JSON.parse(await Deno.readTextFile(file)) as Partial<Secrets>;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return {};
    throw error;
  }
}

function random(bytes: number): string {
  return crypto.getRandomValues(new Uint8Array(bytes)).toBase64({
    alphabet: "base64url",
    omitPadding: true,
  });
}

/** Every variable of the contract's environment table, with this stack's working values. */
export type StackEnv = Readonly<Record<string, string>>;

/**
 * The environment that the site, the functions and the tools of one stack read.
 *
 * @param settings The stack.
 * @param secrets Its generated values.
 * @returns Values by variable name.
 */
export function stackEnv(settings: Settings, secrets: Secrets): StackEnv {
  const { ports } = settings;
  const database = (user: string, password: string) =>
    `postgresql://${user}:${password}@127.0.0.1:${ports.postgres}/postgres`;
  // No value has a blank or another sign that a shell would take for its own: the file is sourced.
  return {
    APP_ENV: settings.appEnv,
    APP_VERSION: "local",
    SITE_URL: `http://localhost:${ports.site}`,
    SUPABASE_URL: `http://127.0.0.1:${ports.gateway}`,
    SUPABASE_PUBLISHABLE_KEY: secrets.publishableKey,
    SUPABASE_SECRET_KEY: secrets.secretKey,
    SUPABASE_JWT_SECRET: secrets.jwtSecret,
    SUPABASE_DB_URL: database("postgres", "postgres"),
    SITE_DATABASE_URL: database("app_site", secrets.sitePassword),
    FUNCTIONS_DATABASE_URL: database("app_functions", secrets.functionsPassword),
    DEFAULT_PUBLIC_TENANT: "ks",
    PADDLE_API_KEY: secrets.paddleApiKey,
    PADDLE_API_URL: `http://127.0.0.1:${ports.paddle}`,
    PADDLE_WEBHOOK_SECRET_KEY: secrets.paddleWebhookSecret,
    PADDLE_WEBHOOK_BYPASS_SIGNATURE_IN_DEV: "false",
    FRESH_PUBLIC_PADDLE_ENV: "local",
    FRESH_PUBLIC_PADDLE_CLIENT_TOKEN: secrets.paddleClientToken,
    CRON_SECRET: secrets.cronSecret,
    RESEND_API_KEY: secrets.resendApiKey,
    RESEND_FROM_EMAIL: "hello@interdomestik.test",
    RESEND_BASE_URL: `http://127.0.0.1:${ports.inbox}`,
    RESEND_MAX_RPS: "4",
    RESEND_WEBHOOK_SECRET: secrets.resendWebhookSecret,
    SEND_EMAIL_HOOK_SECRET: secrets.sendEmailHookSecret,
    DEMO_PASSWORD: "Demo-Password-1",
    PORT_OFFSET: String(ports.gateway - BASE.gateway),
    STATE_DIR: settings.stateDir,
  };
}

/**
 * Writes the environment to `$STATE_DIR/env` as `NAME=value` lines, mode 600.
 *
 * @param stateDir The state folder.
 * @param env Values by name.
 */
export async function writeEnvFile(stateDir: string, env: StackEnv): Promise<void> {
  const lines = Object.entries(env).map(([name, value]) => `${name}=${value}\n`);
  const file = join(stateDir, "env");
  await Deno.writeTextFile(file, lines.join(""), { mode: 0o600 });
  await Deno.chmod(file, 0o600);
}
