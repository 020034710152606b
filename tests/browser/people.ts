/** People of the browser tests: new members with what they bought, and signing in. */
import { createClient } from "@supabase/supabase-js";
import type { Page } from "playwright-core";
import postgres from "postgres";
import { stackValue } from "../support/stack_env.ts";

/** The site's address. */
export const SITE = stackValue("SITE_URL");

/** The database's owner; end it after a file's tests. */
export const sql = postgres(stackValue("TEST_DATABASE_URL"), {
  max: 2,
  transform: postgres.camel,
  onnotice: () => {},
});

/** Someone with an account. */
export interface Person {
  readonly id: string;
  readonly email: string;
  readonly password: string;
}

/** A member with a subscription. */
export interface Buyer extends Person {
  /** Ours. */
  readonly subscriptionId: string;
  /** Paddle's. */
  readonly atPaddle: string;
}

const DAY = 86_400_000;
/** A time so many days ago, for what happens at Paddle. */
export const daysAgo = (days: number) => new Date(Date.now() - days * DAY).toISOString();

/** Registers someone in Kosovo. */
export async function newPerson(): Promise<Person> {
  const client = createClient(stackValue("SUPABASE_URL"), stackValue("SUPABASE_PUBLISHABLE_KEY"), {
    auth: { persistSession: false, autoRefreshToken: false },
  });
  const email = `member-${crypto.randomUUID().slice(0, 8)}@example.test`;
  const password = "A-long-Password-7";
  const { data, error } = await client.auth.signUp({
    email,
    password,
    options: { data: { tenant: "ks", "full_name": "Mirjeta Krasniqi" } },
  });
  if (error || data.user === null) throw new Error(`sign-up failed: ${error?.message}`);
  return { id: data.user.id, email, password };
}

/** Does something at the Paddle simulator. */
export async function atPaddle(path: string, body: unknown): Promise<void> {
  const answer = await fetch(`${stackValue("PADDLE_API_URL")}/sim/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`the simulator refused ${path}: ${text}`);
}

/** Someone who bought the standard plan so many days ago; subscription and invoice are there. */
export async function newBuyer(daysSince = 0): Promise<Buyer> {
  const person = await newPerson();
  const [plan] = await sql<{ paddlePriceId: string }[]>`
    select paddle_price_id from public.membership_plans
    where tenant_id = 'ks' and tier = 'standard' and is_active`;
  await atPaddle("purchases", {
    price_id: plan?.paddlePriceId,
    email: person.email,
    custom_data: { user_id: person.id, tenant_id: "ks" },
    occurred_at: daysAgo(daysSince),
  });
  const bought = await eventually(() => subscriptionOf(person.id, "active"));
  await eventually(async () => {
    const [invoice] = await sql<{ id: string }[]>`
      select id from public.billing_invoices where user_id = ${person.id}`;
    return invoice;
  });
  return { ...person, ...bought };
}

/** A person's subscription once it has that status; undefined before. */
export async function subscriptionOf(userId: string, status: string) {
  const [row] = await sql<{ subscriptionId: string; atPaddle: string }[]>`
    select id as subscription_id, provider_subscription_id as at_paddle
    from public.subscriptions where user_id = ${userId} and status = ${status}`;
  return row;
}

/** Asks until there is an answer: webhooks arrive a moment later. */
export async function eventually<T>(ask: () => Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + 20_000;
  while (Date.now() < deadline) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("it did not happen within 20 seconds");
}

/** Signs in by the form; a path to go to afterwards. */
export async function signIn(
  page: Page,
  { email, password }: Pick<Person, "email" | "password">,
  path: string,
): Promise<void> {
  await page.goto(`${SITE}${path}`);
  await page.locator("input[name=email]").fill(email);
  await page.locator("input[name=password]").fill(password);
  await page.getByTestId("login-form").locator("button[type=submit]").click();
  await page.waitForURL(`${SITE}${path}`);
}

/** One of the demo's people, `super` or `admin.ks`. */
export function demoPerson(name: string): Pick<Person, "email" | "password"> {
  return { email: `${name}@demo.test`, password: stackValue("DEMO_PASSWORD") };
}
