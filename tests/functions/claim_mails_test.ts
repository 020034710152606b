/** What happens with a claim reaches the member's inbox, from the database's triggers to the letter. */
import assert from "node:assert/strict";
import type { TransactionSql } from "postgres";
import { act, sentClaim } from "../support/claims.ts";
import { type MailWorld, testMails } from "./outreach_support.ts";

/** A member who reads English and has sent a claim, and somebody of the staff. */
async function claimOf(world: MailWorld) {
  const { sql } = world;
  const [member, staff] = [await world.membership(), await world.member()];
  await sql`update profiles set locale = 'en' where id = ${member.id}`;
  await sql`update profiles set role = 'staff' where id = ${staff.id}`;
  const claim = await sentClaim(sql, member.id, { title: "Water from <the flat> above" });
  const asStaff = (work: (tx: TransactionSql) => Promise<unknown>) => act(sql, staff.id, work);
  return {
    member,
    claim,
    move: (to: string, reason: string | null = null) =>
      asStaff((tx) => tx`select public.move_claim(${claim.id}, ${to}, ${reason})`),
    write: (body: string, isRequest = false) =>
      asStaff((tx) =>
        tx`insert into claim_messages (claim_id, body, is_document_request)
           values (${claim.id}, ${body}, ${isRequest})`
      ),
    inbox: () => world.inbox.messages.inOrder().filter(({ to }) => to.includes(member.email)),
  };
}

testMails("a claim's mails arrive, each made from what the database says", async (world) => {
  const { member, claim, move, write, inbox } = await claimOf(world);
  await move("evaluation");
  await write("We have read your papers.");
  await write("The police report, please.", true);
  await move("rejected", "Nobody was at fault.");
  const counts = await world.run("mails");
  assert.equal(counts["failed"], 0);

  const mails = inbox();
  const link = `/en/member/claims/${claim.id}`;
  for (const mail of mails) {
    assert.ok(mail.subject.includes(claim.number), mail.subject);
    assert.ok(mail.text?.includes(link) && mail.html?.includes(link), mail.subject);
    assert.ok(mail.text?.includes("Water from <the flat> above"), mail.subject);
    assert.ok(mail.html?.includes("Water from &lt;the flat"), "the title is text, not markup");
    assert.ok(!JSON.stringify(mail).includes("We have read your papers."), "read after signing in");
  }
  const said = (words: string) => mails.filter(({ text }) => text?.includes(words)).length;
  assert.deepEqual(world.mailsTo(member).sort(), [
    "claim_document_requested",
    "claim_message",
    "claim_status_changed",
    "claim_status_changed",
    "claim_submitted",
  ]);
  assert.equal(said("The police report, please."), 1);
  assert.equal(said("Nobody was at fault."), 1);
  const ledger = (await world.ledger(member)).filter((row) => row["template_key"] !== "welcome");
  assert.deepEqual([...new Set(ledger.map((row) => row["status"]))], ["sent"]);

  await world.run("mails");
  assert.equal(inbox().length, mails.length, "once");
});

testMails("every status that staff give a claim makes a mail", async (world) => {
  const { move, inbox } = await claimOf(world);
  const way = ["verification", "evaluation", "negotiation", "court", "resolved"];
  for (const status of way) await move(status);
  const { failed } = await world.run("mails");
  assert.equal(failed, 0);
  const titles = inbox().filter(({ tags }) =>
    tags.some(({ value }) => value === "claim_status_changed")
  ).map(({ html }) => /<h1[^>]*>([^<]+)/.exec(html ?? "")?.[1]);
  assert.equal(new Set(titles).size, way.length, titles.join(", "));
});

testMails(
  "who wants no mails about claims gets none, nor who was switched off since",
  async (world) => {
    const { sql } = world;
    const quiet = await claimOf(world);
    await act(
      sql,
      quiet.member.id,
      (tx) =>
        tx`insert into notification_preferences (email_claim_updates, email_messages)
       values (false, false)`,
    );
    await quiet.move("evaluation");
    await quiet.write("Hello.");
    const gone = await claimOf(world);
    await gone.move("evaluation");
    await sql`update profiles set is_active = false where id = ${gone.member.id}`;
    await world.run("mails");
    assert.deepEqual(world.mailsTo(quiet.member), ["claim_submitted"]);
    assert.deepEqual(world.mailsTo(gone.member), []);
  },
);
