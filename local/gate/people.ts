/** The people of the gate: the demo's, and somebody new who buys. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import type { Page } from "playwright-core";
import type { StackEnv } from "../settings.ts";

/** Where one loop runs: a tenant on its own host, in its own language. */
export interface Place {
  readonly tenant: "ks" | "mk";
  readonly locale: "sq" | "mk";
  /** Address of the tenant's host. */
  readonly site: string;
}

/** Password of whoever is made here. */
const PASSWORD = "A-long-Password-7";

/** Roles of the demo that a tenant has, and the page that each is brought to. */
export const ROLES: Readonly<Record<Place["tenant"], Readonly<Record<string, string>>>> = {
  ks: {
    member: "member",
    agent: "agent",
    staff: "staff/claims",
    manager: "admin/overview",
    admin: "admin/overview",
  },
  mk: { member: "member", agent: "agent", staff: "staff/claims", admin: "admin/overview" },
};

/** The two places, on a stack. */
export function places(env: StackEnv): readonly Place[] {
  const port = new URL(env["SITE_URL"] ?? "").port;
  return [
    { tenant: "ks", locale: "sq", site: `http://ks.localhost:${port}` },
    { tenant: "mk", locale: "mk", site: `http://mk.localhost:${port}` },
  ];
}

/** An address of a place, in its language. */
export function at({ site, locale }: Place, path: string): string {
  return `${site}/${locale}/${path}`;
}

/** Signs in one of the demo's people and waits for the page that is their own. */
export async function signIn(page: Page, place: Place, role: string, env: StackEnv): Promise<void> {
  await page.goto(at(place, "login"));
  await page.locator("input[name=email]").fill(`${role}.${place.tenant}@demo.test`);
  await page.locator("input[name=password]").fill(env["DEMO_PASSWORD"] ?? "");
  await page.getByTestId("login-form").locator("button[type=submit]").click();
  const root = at(place, ROLES[place.tenant][role] ?? "");
  await page.waitForURL((url) => `${url.origin}${url.pathname}` === root);
  await page.locator("main h1").first().waitFor();
}

/** Registers somebody new, who buys the standard plan and is a member. */
export async function buy(page: Page, place: Place): Promise<void> {
  await page.goto(at(place, "register"));
  await page.locator("input[name=name]").fill("Gate Keeper");
  await page.locator("input[name=email]").fill(`gate-${crypto.randomUUID()}@example.test`);
  await page.locator("input[name=password]").fill(PASSWORD);
  await page.getByTestId("register-form").locator("button[type=submit]").click();
  await page.getByTestId("member-dashboard-ready").waitFor();
  await page.goto(at(place, "pricing"));
  await page.getByTestId("choose-standard").click();
  await page.getByTestId("checkout-pay").click();
  await page.getByTestId("success-page-ready").waitFor({ timeout: 30_000 });
  await page.goto(at(place, "member"));
  await page.getByTestId("member-dashboard-ready").waitFor();
  const state = await page.locator("[data-membership]").getAttribute("data-membership");
  assert.equal(state, "active", "whoever bought is not a member");
}

/** Files a claim with a paper; its id. */
export async function fileClaim(page: Page, place: Place, title: string): Promise<string> {
  await page.goto(at(place, "member/claims/new"));
  await page.locator("input[name=category][value=vehicle]").check({ force: true });
  await page.getByTestId("step-next").click();
  await page.waitForURL(/\/edit\/story/);
  await page.locator("#title").fill(title);
  await page.locator("#company").fill("Example Insurance");
  await page.locator("#description").fill("A van hit my car from behind at the traffic light.");
  await page.getByTestId("step-next").click();
  await page.waitForURL(/\/edit\/money/);
  await page.getByTestId("step-next").click();
  await page.getByTestId("claim-evidence-page-ready").waitFor();
  await page.getByTestId("upload-files").setInputFiles([
    { name: "note.txt", mimeType: "text/plain", buffer: Buffer.from("What the garage said.\n") },
  ]);
  await page.getByTestId("document").first().waitFor();
  const id = /\/claims\/([0-9a-f-]{36})/.exec(page.url())?.[1];
  assert.ok(id !== undefined, "the claim has no address");
  await page.goto(at(place, `member/claims/${id}/edit/review`));
  await page.getByTestId("claim-send").click();
  await page.waitForURL(new RegExp(`/member/claims/${id}(?:\\?|$)`));
  return id;
}
