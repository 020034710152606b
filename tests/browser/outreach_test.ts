/**
 * What our mails lead to: the survey, unsubscribing, the settings; and what administrators see of it.
 */
import assert from "node:assert/strict";
import { hashToken } from "@core/outreach/mail_links.ts";
import type { Page } from "playwright-core";
import { assertAccessible } from "../support/accessibility.ts";
import { closeBrowser, visit, type Visitor } from "../support/browser.ts";
import { demoPerson, newPerson, type Person, signIn, SITE, sql } from "./people.ts";

const VISITORS: readonly Visitor[] = [
  { screen: "desktop", javaScript: true, language: "en" },
  { screen: "phone", javaScript: false, language: "en" },
];

const describe = ({ screen, javaScript }: Visitor) =>
  `on a ${screen}${javaScript ? "" : ", without JavaScript"}`;

/** Somebody to whom a survey was sent, with the keys of its links. */
interface Asked extends Person {
  readonly mailId: string;
  readonly survey: string;
  readonly unsubscribe: string;
}

/** A mail with a survey that was sent so many days ago. */
async function asked(daysAgo = 1): Promise<Asked> {
  const person = await newPerson();
  const mailId = crypto.randomUUID();
  const survey = `survey-${mailId}-${mailId.slice(0, 8)}`;
  const unsubscribe = `unsubscribe-${mailId}-${mailId.slice(0, 8)}`;
  const sentAt = new Date(Date.now() - daysAgo * 86_400_000);
  await sql`
    insert into public.engagement_email_sends
      (id, tenant_id, user_id, template_key, dedupe_key, status, sent_at, next_attempt_at,
       unsubscribe_hash)
    values (${mailId}, 'ks', ${person.id}, 'nps_v1', ${`test:${mailId}`}, 'sent', ${sentAt}, null,
            ${hashToken(unsubscribe)})`;
  await sql`
    insert into public.nps_survey_tokens
      (tenant_id, user_id, send_id, token_hash, expires_at, created_at)
    values ('ks', ${person.id}, ${mailId}, ${hashToken(survey)},
            ${new Date(sentAt.getTime() + 30 * 86_400_000)}, ${sentAt})`;
  return { ...person, mailId, survey, unsubscribe };
}

/** What is stored of a person's answer. */
async function answerOf({ id }: Person) {
  const rows = await sql<{ score: number; comment: string | null }[]>`
    select score, comment from public.nps_survey_responses where user_id = ${id}`;
  assert.ok(rows.length <= 1);
  return rows[0] && { ...rows[0] };
}

/** Since when somebody wants no helpful mails, and by what. */
async function optOutOf({ id }: Person) {
  const [row] = await sql<{ by: string | null }[]>`
    select marketing_opt_out_by as by from public.profiles where id = ${id}`;
  return row?.by ?? null;
}

/** Presses Tab until something has the focus. */
async function tabTo(page: Page, selector: string): Promise<void> {
  const target = page.locator(`${selector}:focus`);
  for (let presses = 0; presses < 30; presses++) {
    if (await target.count() > 0) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`the keyboard does not reach ${selector}`);
}

for (const visitor of VISITORS) {
  Deno.test(`a survey is answered by keyboard, once ${describe(visitor)}`, () =>
    visit(visitor, async (page) => {
      const person = await asked();
      await page.goto(`${SITE}/en/nps/${person.survey}`);
      await page.getByTestId("nps-page-ready").waitFor();
      if (visitor.javaScript) await assertAccessible(page);

      await tabTo(page, "input[name=score]");
      await page.keyboard.press("Space");
      for (let press = 0; press < 9; press++) await page.keyboard.press("ArrowRight");
      assert.ok(await page.locator("#score-9").isChecked());
      await tabTo(page, "textarea");
      await page.keyboard.type("Quick help after the crash");
      await tabTo(page, "button[type=submit]");
      await page.keyboard.press("Enter");
      await page.getByTestId("nps-thanks").waitFor();
      if (visitor.javaScript) await assertAccessible(page);
      assert.deepEqual(await answerOf(person), {
        score: 9,
        comment: "Quick help after the crash",
      });

      // A reload thanks again and stores nothing again; the link itself says that the answer is there.
      await page.reload();
      await page.getByTestId("nps-thanks").waitFor();
      await page.goto(`${SITE}/en/nps/${person.survey}`);
      await page.getByTestId("nps-answered").waitFor();
      if (visitor.javaScript) await assertAccessible(page);
    }));

  Deno.test(`helpful mails are stopped, and the stop is taken back ${describe(visitor)}`, () =>
    visit(visitor, async (page) => {
      const person = await asked();
      await page.goto(`${SITE}/en/unsubscribe/${person.unsubscribe}`);
      await page.getByTestId("unsubscribe-page-ready").waitFor();
      if (visitor.javaScript) await assertAccessible(page);
      assert.equal(await optOutOf(person), null);

      await page.getByTestId("unsubscribe-stop").click();
      await page.getByTestId("unsubscribe-done").waitFor();
      if (visitor.javaScript) await assertAccessible(page);
      assert.equal(await optOutOf(person), "unsubscribe");

      await page.getByTestId("unsubscribe-keep").click();
      await page.getByText("they keep coming").waitFor();
      assert.equal(await optOutOf(person), null);
    }));

  Deno.test(`a member changes name, phone, language and mails ${describe(visitor)}`, () =>
    visit(visitor, async (page) => {
      const person = await newPerson();
      await signIn(page, person, "/en/member");
      await page.goto(`${SITE}/en/member/settings`);
      await page.getByTestId("member-settings-ready").waitFor();
      if (visitor.javaScript) await assertAccessible(page);

      await page.locator("#name").fill("Mirjeta Krasniqi-Gashi");
      await page.locator("#phone").fill("+383 44 555 666");
      await page.locator("#language").selectOption("sr");
      await page.locator("#helpful").uncheck();
      await page.getByTestId("settings-save").click();
      await page.waitForURL(`${SITE}/sr/member/settings?saved`);
      await page.getByText("Sačuvano.").waitFor();
      assert.ok(!await page.locator("#helpful").isChecked());
      const [stored] = await sql`
        select full_name, phone, locale, marketing_opt_out_by as by
        from public.profiles where id = ${person.id}`;
      assert.deepEqual({ ...stored }, {
        fullName: "Mirjeta Krasniqi-Gashi",
        phone: "+383 44 555 666",
        locale: "sr",
        by: "member",
      });
      const audited = await sql<{ metadata: unknown }[]>`
        select metadata from public.audit_log
        where action = 'user.settings_updated' and entity_id = ${person.id}
          and metadata ? 'marketing'`;
      assert.deepEqual(audited.map(({ metadata }) => metadata), [
        { marketing: false, by: "member" },
      ]);
    }));
}

Deno.test("opening a link uses nothing up, however often and by whomever", async () => {
  const person = await asked();
  const survey = `${SITE}/sq/nps/${person.survey}`;
  const unsubscribe = `${SITE}/sq/unsubscribe/${person.unsubscribe}`;
  for (const address of [survey, unsubscribe]) {
    for (const method of ["HEAD", "GET", "GET"]) {
      const answer = await fetch(address, { method });
      assert.equal(answer.status, 200);
      assert.equal(answer.headers.get("cache-control"), "no-store");
      assert.equal(answer.headers.get("referrer-policy"), "no-referrer");
      await answer.body?.cancel();
    }
  }
  const header = `${SITE}/api/public/unsubscribe?token=${person.unsubscribe}`;
  const led = await fetch(header, { redirect: "manual" });
  assert.equal(led.status, 303);
  assert.match(led.headers.get("location") ?? "", /^\/\w\w\/unsubscribe\//);
  await led.body?.cancel();
  assert.equal(await answerOf(person), undefined);
  assert.equal(await optOutOf(person), null);
  const [token] = await sql`
    select used_at from public.nps_survey_tokens where user_id = ${person.id}`;
  assert.equal(token?.["usedAt"], null);
});

Deno.test("an expired survey, an unknown one and a foreign key have their pages", async () => {
  const late = await asked(31);
  const page = async (key: string) => {
    const answer = await fetch(`${SITE}/en/nps/${key}`);
    return { status: answer.status, html: await answer.text() };
  };
  const expired = await page(late.survey);
  assert.equal(expired.status, 410);
  assert.match(expired.html, /data-testid="nps-expired"/);
  for (const key of ["a".repeat(43), late.unsubscribe, late.mailId]) {
    const unknown = await page(key);
    assert.equal(unknown.status, 404);
    assert.match(unknown.html, /data-testid="nps-unknown"/);
  }
  const crossed = await fetch(`${SITE}/en/unsubscribe/${late.survey}`);
  assert.equal(crossed.status, 404);
  await crossed.body?.cancel();
});

Deno.test("of many answers at the same time one counts", async () => {
  const person = await asked();
  const answers = await Promise.all(
    Array.from({ length: 8 }, (_, score) =>
      fetch(`${SITE}/en/nps/${person.survey}`, {
        method: "POST",
        body: new URLSearchParams({ score: `${score}` }),
        redirect: "manual",
      })),
  );
  const places = answers.map(({ headers }) => headers.get("location"));
  assert.equal(places.filter((place) => place?.endsWith("?thanks")).length, 1);
  assert.ok(answers.every(({ status }) => status === 303));
  for (const { body } of answers) await body?.cancel();
  assert.ok(await answerOf(person));
});

Deno.test("a mail program unsubscribes by one post; twice is once", async () => {
  const person = await asked();
  for (let time = 0; time < 2; time++) {
    const answer = await fetch(
      `${SITE}/api/public/unsubscribe?token=${person.unsubscribe}`,
      { method: "POST", body: new URLSearchParams({ "List-Unsubscribe": "One-Click" }) },
    );
    assert.equal(answer.status, 200);
    await answer.body?.cancel();
  }
  assert.equal(await optOutOf(person), "unsubscribe");
  const audited = await sql`
    select from public.audit_log
    where action = 'user.settings_updated' and entity_id = ${person.id}
      and metadata ? 'marketing'`;
  assert.equal(audited.length, 1);
});

Deno.test("the survey reads well in each language, on a phone", async () => {
  const person = await asked();
  for (const locale of ["sq", "en", "mk", "sr"]) {
    await visit({ screen: "phone", language: locale }, async (page) => {
      await page.goto(`${SITE}/${locale}/nps/${person.survey}`);
      await page.getByTestId("nps-page-ready").waitFor();
      await assertAccessible(page);
      const sizes = await page.locator(".score-option").evaluateAll((all) =>
        all.map((one) => one.getBoundingClientRect()).map(({ width, height }) =>
          Math.min(width, height)
        )
      );
      assert.equal(sizes.length, 11);
      assert.ok(Math.min(...sizes) >= 44, `${locale}: ${Math.min(...sizes)} pixels`);
    });
  }
});

Deno.test("administrators read the answers of their organisation, and of no other", async () => {
  const person = await asked();
  const words = `Words of ${person.id}`;
  const answer = await fetch(`${SITE}/en/nps/${person.survey}`, {
    method: "POST",
    body: new URLSearchParams({ score: "2", comment: words }),
  });
  await answer.body?.cancel();
  await visit({ screen: "desktop", language: "en" }, async (page) => {
    await signIn(page, demoPerson("admin.ks"), "/en/admin/nps");
    await page.getByTestId("admin-nps-ready").waitFor();
    await page.getByTestId("nps-score").waitFor();
    await page.getByText(words).waitFor();
    await assertAccessible(page);
    await page.getByRole("link", { name: "Promoters, 9 to 10" }).click();
    await page.waitForURL(/group=promoters/);
    assert.equal(await page.getByText(words).count(), 0);
    await page.getByText("Show as a table").click();
    assert.equal(await page.getByTestId("nps-month").count(), 12);
    await assertAccessible(page);
  });
  await visit({ screen: "phone", language: "en" }, async (page) => {
    await signIn(page, demoPerson("admin.mk"), "/en/admin/nps?period=all");
    await page.getByTestId("admin-nps-ready").waitFor();
    assert.equal(await page.getByText(words).count(), 0);
    await assertAccessible(page);
  });
  await visit({ screen: "phone", language: "en" }, async (page) => {
    await signIn(page, demoPerson("super"), "/en/admin/nps?tenant=ks");
    await page.getByText(words).waitFor();
    await assertAccessible(page);
    await page.getByRole("link", { name: "Mirjeta Krasniqi" }).first().click();
    await page.getByTestId("admin-member-ready").waitFor();
  });
});

for (const visitor of VISITORS) {
  Deno.test(`a mail that failed is found, understood and sent again ${describe(visitor)}`, () =>
    visit(visitor, async (page) => {
      const person = await newPerson();
      const ids = [crypto.randomUUID(), crypto.randomUUID()];
      await sql`
        insert into public.engagement_email_sends
          (id, tenant_id, user_id, template_key, dedupe_key, status, error, attempts,
           next_attempt_at)
        values
          (${ids[0] ?? ""}, 'ks', ${person.id}, 'checkin_day_14', ${`test:${ids[0]}`}, 'error',
           'refused: 422 validation_error', 1, null),
          (${ids[1] ?? ""}, 'ks', ${person.id}, 'dunning_final', ${`test:${ids[1]}`}, 'error',
           'unknown_outcome: no answer', 4, null)`;
      await signIn(page, demoPerson("admin.ks"), `/en/admin/mails?member=${person.email}`);
      await page.getByTestId("admin-mails-ready").waitFor();
      assert.equal(await page.getByTestId("ledger-mail").count(), 2);
      if (visitor.javaScript) await assertAccessible(page);

      await page.getByRole("link", { name: "Payment failed, last reminder" }).click();
      await page.getByTestId("admin-mail-ready").waitFor();
      await page.getByText("never sent again").waitFor();
      assert.equal(await page.getByTestId("retry-mail").count(), 0);
      if (visitor.javaScript) await assertAccessible(page);

      await page.goto(`${SITE}/en/admin/mails?state=error&member=${person.email}`);
      await page.getByRole("link", { name: "Day 14: how to file a claim" }).click();
      await page.getByText("Resend refused the mail").waitFor();
      if (visitor.javaScript) await assertAccessible(page);
      await page.getByTestId("retry-mail").click();
      await page.waitForURL(/retry=retried/);
      await page.locator("[data-action='email.retried']").waitFor();
      const [mail] = await sql<{ status: string }[]>`
        select status from public.engagement_email_sends where id = ${ids[0] ?? ""}`;
      assert.notEqual(mail?.status, "error");
    }));
}

Deno.test("an administrator of another organisation sees none of a member's mails", () =>
  visit({ screen: "desktop", language: "en" }, async (page) => {
    const person = await asked();
    await signIn(page, demoPerson("admin.mk"), `/en/admin/mails?member=${person.email}`);
    await page.getByTestId("admin-mails-ready").waitFor();
    assert.equal(await page.getByTestId("ledger-mail").count(), 0);
    const answer = await page.request.get(`${SITE}/en/admin/mails/${person.mailId}`);
    assert.equal(answer.status(), 404);
  }));

Deno.test("a member whose address refuses mails reads so; staff read why", async () => {
  const person = await newPerson();
  await sql`
    update public.profiles
    set email_undeliverable_at = now(), email_undeliverable_reason = '550 no such mailbox'
    where id = ${person.id}`;
  await visit({ screen: "phone", language: "en" }, async (page) => {
    await signIn(page, person, "/en/member");
    await page.getByTestId("undeliverable").waitFor();
    await assertAccessible(page);
  });
  await visit({ screen: "desktop", language: "en" }, async (page) => {
    await signIn(page, demoPerson("admin.ks"), `/en/admin/members/${person.id}`);
    await page.getByTestId("undeliverable").getByText("550 no such mailbox").waitFor();
    await assertAccessible(page);
    await page.getByTestId("trust-address").click();
    await page.getByTestId("undeliverable").waitFor({ state: "detached" });
    const [row] =
      await sql`select email_undeliverable_at is null as trusted from public.profiles where id = ${person.id}`;
    assert.equal(row?.["trusted"], true);
  });
});

Deno.test({
  name: "the browser and the connection are closed",
  fn: async () => {
    await closeBrowser();
    await sql.end();
  },
  sanitizeResources: false,
  sanitizeOps: false,
});
