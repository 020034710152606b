/** The critical loops, step by step, as people go through them in a browser. */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import type { StackEnv } from "../settings.ts";
import { at, buy, fileClaim, type Place, ROLES, signIn } from "./people.ts";

/** One step: a name for the summary, and what is done. */
export interface Step {
  readonly name: string;
  run(open: OpenPage): Promise<void>;
}

/** Opens a browser of its own for somebody; the same one for the same name. */
export type OpenPage = (who: string) => Promise<Page>;

/**
 * The steps in one place, each building on the one before.
 *
 * @param place Tenant, language and host.
 * @param elsewhere The other one, which must see nothing.
 * @param env The stack's.
 */
export function loop(place: Place, elsewhere: Place, env: StackEnv): Step[] {
  const { tenant, locale } = place;
  const title = `Gate ${crypto.randomUUID().slice(0, 8)}`;
  const member = `buyer ${tenant}`;
  const staff = `staff ${tenant}`;
  const stranger = `stranger of ${tenant}`;
  let claim = "";
  const step = (name: string, run: Step["run"]): Step => ({
    name: `${tenant}/${locale}: ${name}`,
    run,
  });
  return [
    ...Object.keys(ROLES[tenant]).map((role) =>
      step(`${role} signs in`, async (open) => {
        await signIn(await open(`${role} ${tenant}`), place, role, env);
      })
    ),
    step("somebody registers and buys", async (open) => {
      await buy(await open(member), place);
    }),
    step("the member files a claim with evidence", async (open) => {
      claim = await fileClaim(await open(member), place, title);
    }),
    step("staff moves it", async (open) => {
      const page = await open(staff);
      await page.goto(at(place, `staff/claims/${claim}`));
      await page.getByTestId("staff-claim-detail-ready").waitFor();
      assert.ok(await page.getByTestId("document").count() > 0, "staff sees no evidence");
      await page.getByTestId("move-verification").click();
      await page.getByTestId("claim-move").click();
      await page.getByTestId("done-move").waitFor();
    }),
    step("the member sees it", async (open) => {
      const page = await open(member);
      await page.goto(at(place, `member/claims/${claim}`));
      await page.locator(".claim-head").locator("[data-status=verification]").waitFor();
    }),
    step(`${elsewhere.tenant} sees nothing of it`, async (open) => {
      const page = await open(stranger);
      await signIn(page, elsewhere, "staff", env);
      const answer = await page.goto(at(elsewhere, `staff/claims/${claim}`));
      assert.equal(answer?.status(), 404, "staff of another tenant opens the claim");
      const query = `scope=staff_all&search=${encodeURIComponent(title)}`;
      const [status, total] = await page.evaluate<[number, number]>(
        `fetch("/api/claims?${query}").then(async (list) => [list.status, (await list.json()).total])`,
      );
      assert.equal(status, 200, "the list of claims does not answer");
      assert.equal(total, 0, "the list of another tenant has the claim");
    }),
  ];
}
