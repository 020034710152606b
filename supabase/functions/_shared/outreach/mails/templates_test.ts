import assert from "node:assert/strict";
import postgres from "postgres";
import { isMailTemplate, isOptional, MAIL_KINDS, MAIL_TEMPLATES } from "./templates.ts";

Deno.test("isMailTemplate() knows our mails and nothing else", () => {
  assert.ok(MAIL_TEMPLATES.every(isMailTemplate));
  for (const other of ["", "dunning", "constructor", "__proto__"]) {
    assert.equal(isMailTemplate(other), false, other);
  }
});

Deno.test("isOptional() is about helpful mails and the survey", () => {
  const optional = MAIL_TEMPLATES.filter(isOptional);
  assert.deepEqual(optional, [
    "onboarding_day_7",
    "checkin_day_14",
    "retention_day_30",
    "retention_day_60",
    "retention_day_90",
    "nps_v1",
  ]);
});

const url = Deno.env.get("TEST_DATABASE_URL");

Deno.test({
  name: "the database knows the same mails, of the same kinds",
  ignore: !url,
  async fn() {
    const sql = postgres(url ?? "", { max: 1 });
    try {
      const rows = await sql<{ key: string; kind: string; "is_optional": boolean }[]>`
        select key, kind, is_optional from public.mail_templates`;
      const ours = MAIL_TEMPLATES.map((key) => [key, MAIL_KINDS[key], isOptional(key)]);
      const theirs = rows.map((row) => [row.key, row.kind, row["is_optional"]]);
      assert.deepEqual(theirs.sort(), ours.sort());
    } finally {
      await sql.end();
    }
  },
});
