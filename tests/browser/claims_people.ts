/** What the browser tests about claims do beside the browser: files, claims, and staff at work. */
import { Buffer } from "node:buffer";
import { createClient, type SupabaseClient } from "@supabase/supabase-js";
import type { Page } from "playwright-core";
import { jpeg } from "../support/sample_files.ts";
import { stackValue } from "../support/stack_env.ts";
import { demoPerson, newBuyer, type Person, sql } from "./people.ts";

/** A file as a chooser hands it over. */
export interface ChosenFile {
  readonly name: string;
  readonly mimeType: string;
  readonly buffer: Buffer;
}

/** A photo, filled up to a size. */
export function photo(name: string, size = 2_000): ChosenFile {
  const picture = jpeg();
  // What follows the end of a picture is no part of it; comments inside are.
  const comment = new Uint8Array(Math.max(0, size - picture.length));
  for (let at = 0; at < comment.length; at += 60_000) {
    const length = Math.min(60_000, comment.length - at);
    if (length < 4) break;
    comment.set([0xff, 0xfe, (length - 2) >> 8, (length - 2) & 255], at);
  }
  const whole = comment.length < 4
    ? picture
    : new Uint8Array([...picture.slice(0, 2), ...comment, ...picture.slice(2)]);
  return { name, mimeType: "image/jpeg", buffer: Buffer.from(whole) };
}

/** A program that calls itself a photo. */
export function program(name: string): ChosenFile {
  const bytes = new Uint8Array(600);
  bytes.set([0x4d, 0x5a, 0x90, 0]);
  return { name, mimeType: "image/jpeg", buffer: Buffer.from(bytes) };
}

/** A signed-in client of the Data API. */
export async function signedIn(
  { email, password }: Pick<Person, "email" | "password">,
): Promise<SupabaseClient> {
  const client = createClient(
    stackValue("SUPABASE_URL"),
    stackValue("SUPABASE_PUBLISHABLE_KEY"),
    { auth: { persistSession: false, autoRefreshToken: false } },
  );
  const { error } = await client.auth.signInWithPassword({ email, password });
  if (error) throw error;
  return client;
}

/** One of the demo's staff in Kosovo, by way of the Data API. */
export function staff(): Promise<SupabaseClient> {
  return signedIn(demoPerson("staff.ks"));
}

/** A member with a claim that was sent. */
export async function newClaimant(): Promise<Person & { readonly claimId: string }> {
  const person = await newBuyer();
  const client = await signedIn(person);
  const claimId = crypto.randomUUID();
  const begun = await client.from("claims").insert({
    id: claimId,
    title: "Flight to Vienna cancelled",
    company: "Example Air",
    description: "The flight was cancelled two hours before it should have left.",
    category: "travel",
  });
  if (begun.error) throw begun.error;
  const sent = await client.rpc("submit_claim", { claim_id: claimId });
  if (sent.error) throw sent.error;
  return { ...person, claimId };
}

/** A person's claims, the first begun first. */
export function claimsOf(memberId: string) {
  return sql<{ id: string; status: string; title: string; claimNumber: string | null }[]>`
    select id, status, title, claim_number from public.claims
    where member_id = ${memberId} order by created_at`;
}

/** Chooses what the claim is about and goes on; radios lie under their cards. */
export async function chooseCategory(page: Page, category: string): Promise<void> {
  await page.locator(`input[name=category][value=${category}]`).check({ force: true });
  await page.getByTestId("step-next").click();
  await page.waitForURL(/\/edit\/story/);
}

/** Tells what happened and goes on. */
export async function tellStory(page: Page, title: string): Promise<void> {
  await page.locator("#title").fill(title);
  await page.locator("#company").fill("Example Insurance");
  await page.locator("#description").fill("A van hit my car from behind at the traffic light.");
  await page.getByTestId("step-next").click();
  await page.waitForURL(/\/edit\/money/);
}
