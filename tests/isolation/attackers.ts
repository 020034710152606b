/**
 * People of the demo who try what is not theirs, through the Data API and Storage.
 */
import { createClient, type SupabaseClient } from "@supabase/supabase-js";
import { stackValue } from "../support/stack_env.ts";

/** A signed-in attacker, or a visitor. */
export interface Attacker {
  readonly name: string;
  readonly id: string | null;
  readonly token: string | null;
  readonly client: SupabaseClient;
}

/** What the Data API answered. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // deno-lint-ignore no-explicit-any
  readonly body: any;
}

const OPTIONS = { auth: { persistSession: false, autoRefreshToken: false } };
const known = new Map<string, Promise<Attacker>>();

const newClient = () =>
  createClient(stackValue("SUPABASE_URL"), stackValue("SUPABASE_PUBLISHABLE_KEY"), OPTIONS);

/** Somebody of the demo by the part of the address before the @; `visitor` is nobody. */
export function attacker(name: string): Promise<Attacker> {
  const made = known.get(name) ?? signIn(name);
  known.set(name, made);
  return made;
}

async function signIn(name: string): Promise<Attacker> {
  const client = newClient();
  if (name === "visitor") return { name, id: null, token: null, client };
  const { data, error } = await client.auth.signInWithPassword({
    email: `${name}@demo.test`,
    password: stackValue("DEMO_PASSWORD"),
  });
  if (error) throw error;
  return { name, id: data.user.id, token: data.session.access_token, client };
}

/**
 * Asks the Data API, as supabase-js would, or as it never would.
 *
 * @param token The bearer; the publishable key alone if null.
 * @param path What follows `/rest/v1/`.
 * @param init Method, headers and body.
 */
export async function ask(
  token: string | null,
  path: string,
  init: { method?: string; headers?: Record<string, string>; body?: unknown } = {},
): Promise<Answer> {
  const key = stackValue("SUPABASE_PUBLISHABLE_KEY");
  const answer = await fetch(`${stackValue("SUPABASE_URL")}/rest/v1/${path}`, {
    method: init.method ?? "GET",
    headers: {
      apikey: key,
      ...(token !== null && { authorization: `Bearer ${token}` }),
      ...(init.body !== undefined && { "content-type": "application/json" }),
      ...init.headers,
    },
    ...(init.body !== undefined && { body: JSON.stringify(init.body) }),
  });
  const text = await answer.text();
  let body: unknown = text;
  try {
    body = text === "" ? null : JSON.parse(text);
  } catch {
    // Not JSON: told as it is.
  }
  return { status: answer.status, headers: answer.headers, body };
}
