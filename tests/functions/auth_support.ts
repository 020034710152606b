/** People with real accounts, the function `auth` over the running stack, and what arrives by mail. */
import assert from "node:assert/strict";
import { createClient, type SupabaseClient } from "@supabase/supabase-js";
import { authPassword } from "@core/identity/auth_password.ts";
import { type Background, startBackground } from "@core/platform/background.ts";
import { type Clock, systemClock } from "@core/platform/clock.ts";
import type { EnvSource } from "@core/platform/env.ts";
import { createLogger } from "@core/platform/logger.ts";
import { createApp } from "../../supabase/functions/auth/app.ts";
import { testEnv, testWithDatabase, type World } from "./support.ts";

/** Somebody who is signed in. */
export interface Account {
  readonly id: string;
  readonly email: string;
  readonly password: string;
  readonly accessToken: string;
  readonly refreshToken: string;
}

/** A mail as the inbox has it. */
export interface Mail {
  readonly to: readonly string[];
  readonly subject: string;
  readonly html: string;
  readonly text: string;
}

/** The stack with the function of a test before it. */
export interface AuthWorld extends World {
  readonly background: Background;
  /** What the function logged. */
  readonly logged: string[];
  /** Asks the function. */
  ask(path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>;
  /** Asks for an address with GET, or HEAD. */
  open(path: string, headers?: Record<string, string>, method?: "GET" | "HEAD"): Promise<Response>;
  /** Registers somebody. */
  account(tenant?: string, locale?: string): Promise<Account>;
  /** Signs in anew, as another browser would. */
  signIn(account: Pick<Account, "email" | "password">): Promise<Account>;
  /** What arrived for an address. */
  mailsTo(email: string): Promise<Mail[]>;
  /** Has a link sent and gives back its code. */
  resetToken(account: Pick<Account, "email">): Promise<string>;
}

const value = (name: string) => Deno.env.get(name) ?? "";

/** The stack's environment, with what a test puts in its place. */
function stackEnvironment(over: EnvSource): EnvSource {
  const names = [
    "SUPABASE_URL",
    "SUPABASE_PUBLISHABLE_KEY",
    "SUPABASE_JWT_SECRET",
    "SITE_URL",
    "RESEND_API_KEY",
    "RESEND_BASE_URL",
    "SEND_EMAIL_HOOK_SECRET",
  ];
  return { ...Object.fromEntries(names.map((name) => [name, value(name)])), ...over };
}

/** A Supabase client that remembers nothing. */
export function stranger(): SupabaseClient {
  return createClient(value("SUPABASE_URL"), value("SUPABASE_PUBLISHABLE_KEY"), {
    auth: { persistSession: false, autoRefreshToken: false },
  });
}

/**
 * Runs a test with the function `auth` over the running stack's Auth, database and inbox.
 *
 * @param name What is shown.
 * @param work The test.
 * @param over What of the environment is another, and the clock.
 */
export function testAuth(
  name: string,
  work: (world: AuthWorld) => Promise<void>,
  over: EnvSource = {},
  clock: Clock = systemClock,
): void {
  testWithDatabase(name, async (world) => {
    // The pace is the stack's, and its inbox counts calls as Resend does. What another test held up
    // holds up nothing here.
    await world.sql`
      update private.mail_pace
      set next_at = least(next_at, now() + interval '1 second'), held_until = '-infinity'
      where true`;
    const logged: string[] = [];
    const log = createLogger({}, { write: (line) => logged.push(line) });
    const background = startBackground(log);
    const env = testEnv(stackEnvironment({ RESEND_MAX_RPS: "4", ...over }));
    const app = createApp({ env, db: world.db, clock, log, background });
    // A visitor of this test only: limits count by address.
    const address = crypto.randomUUID();
    const send = (path: string, init: RequestInit) =>
      Promise.resolve(app.request(path, {
        ...init,
        headers: { "x-forwarded-for": address, ...init.headers },
      }));
    const auth: AuthWorld = {
      ...world,
      background,
      logged,
      ask: (path, body, headers = {}) =>
        send(path, {
          method: "POST",
          headers: { "content-type": "application/json", ...headers },
          body: typeof body === "string" ? body : JSON.stringify(body),
        }),
      open: (path, headers = {}, method = "GET") => send(path, { method, headers }),
      account: newAccount,
      signIn,
      mailsTo,
      async resetToken({ email }) {
        const before = (await mailsTo(email)).length;
        const answer = await auth.ask("/auth/request-password-reset", { email });
        assert.equal(answer.status, 200);
        await background.settled();
        const mails = await mailsTo(email);
        assert.equal(mails.length, before + 1, logged.join("\n"));
        return codeIn(mails[0]);
      },
    };
    try {
      await work(auth);
    } finally {
      await background.settled();
    }
  });
}

/** The code in the link of a mail about a password. */
export function codeIn(mail: Mail | undefined): string {
  return /\/api\/auth\/reset-password\/([^?"]+)\?/.exec(mail?.html ?? "")?.[1] ?? "no code";
}

async function newAccount(tenant = "ks", locale = "sq"): Promise<Account> {
  const email = `person-${crypto.randomUUID()}@auth.test`;
  const password = "the-first-Password-7";
  const { data, error } = await stranger().auth.signUp({
    email,
    password,
    options: { data: { tenant, locale, "full_name": "Arta Berisha" } },
  });
  if (error || data.session === null || data.user === null) throw new Error(`sign-up: ${error}`);
  return {
    id: data.user.id,
    email,
    password,
    accessToken: data.session.access_token,
    refreshToken: data.session.refresh_token,
  };
}

async function signIn(
  { email, password }: Pick<Account, "email" | "password">,
): Promise<Account> {
  const { data, error } = await stranger().auth.signInWithPassword({
    email,
    password: authPassword(password),
  });
  if (error) throw error;
  return {
    id: data.user.id,
    email,
    password,
    accessToken: data.session.access_token,
    refreshToken: data.session.refresh_token,
  };
}

async function mailsTo(email: string): Promise<Mail[]> {
  const answer = await fetch(`${value("TEST_INBOX_URL")}/api/messages`);
  const body = await answer.json() as readonly Mail[] | { readonly messages: readonly Mail[] };
  const mails = Array.isArray(body) ? body : (body as { messages: Mail[] }).messages;
  return mails.filter(({ to }) => to.includes(email));
}
