/** The four language files say the same things, all of them, and nothing that nobody reads. */
import assert from "node:assert/strict";
import { join } from "node:path";

const ROOT = new URL("../../", import.meta.url).pathname;
const LOCALES = ["sq", "en", "mk", "sr"] as const;

const messages = Object.fromEntries(
  await Promise.all(
    LOCALES.map(async (locale) =>
      [
        locale,
        JSON.parse(await Deno.readTextFile(join(ROOT, `locales/${locale}.json`))),
      ] as const
    ),
  ),
) as Record<typeof LOCALES[number], Record<string, string>>;

/** Words that are the same in English and in another language. */
const SAME = new Set([
  "agent.note.type.email",
  "agent.note.type.issue",
  "agent.activity.email",
  "agent.lead.plan",
  "site.name",
  "nav.menu",
  "role.agent",
  "role.tenant_admin",
  "footer.rights",
  "landing.faq.who.a",
  "done.again",
  "figures.nps",
  "agent.note.type.email",
  "agent.note.type.issue",
  "agent.activity.email",
  "agent.lead.plan",
  "ops.fact.version",
  "ops.fact.ms",
  "ops.check.disk",
  "plans.tier.standard",
]);

const placeholders = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1]).sort();

Deno.test("every language has the same keys, in the same order", () => {
  for (const locale of LOCALES) {
    assert.deepEqual(Object.keys(messages[locale]), Object.keys(messages.en), locale);
  }
});

Deno.test("every message has words, and the placeholders of the English one", () => {
  for (const locale of LOCALES) {
    for (const [key, text] of Object.entries(messages[locale])) {
      assert.notEqual(text.trim(), "", `${locale} ${key}`);
      assert.equal(text, text.trim(), `${locale} ${key}`);
      if (/_(one|few)$/.test(key)) continue;
      const wanted = placeholders(messages.en[key] ?? "");
      assert.deepEqual(placeholders(text), wanted, `${locale} ${key}`);
    }
  }
});

Deno.test("no message was left in English", () => {
  for (const locale of ["sq", "mk", "sr"] as const) {
    for (const [key, text] of Object.entries(messages[locale])) {
      if (SAME.has(key)) continue;
      assert.notEqual(text, messages.en[key], `${locale} ${key}`);
    }
  }
});

Deno.test("Macedonian is written in Cyrillic, the others in Latin script", () => {
  const names =
    /Interdomestik|Paddle|Supabase|Resend|NPS|JavaScript|JSON|zip|PDF|CSV|QR|ID|https:\/\/|mk\.example\.org|Europe\/\w+|(?:pri|pro)_|MK-A|XK|MK|AL|al|MB|session|ref|spam|\{\w+\}|\S+@\S+/g;
  for (const [key, text] of Object.entries(messages.mk)) {
    // For operators: they name commands, variables and parts of the system.
    if (key.startsWith("ops.")) continue;
    assert.doesNotMatch(text.replace(names, ""), /[A-Za-z]/, `mk ${key}`);
  }
  for (const locale of ["sq", "en", "sr"] as const) {
    for (const [key, text] of Object.entries(messages[locale])) {
      assert.doesNotMatch(text, /\p{Script=Cyrillic}/u, `${locale} ${key}`);
    }
  }
});

Deno.test("a Serbian date, which ends in a full stop, is not followed by another", () => {
  for (const [key, text] of Object.entries(messages.sr)) {
    assert.doesNotMatch(text, /\{(date|from|to)\}\./, key);
  }
});

Deno.test("plural messages come in all three forms", () => {
  const keys = Object.keys(messages.en);
  for (const key of keys.filter((name) => /_(one|few|other)$/.test(name))) {
    const base = key.replace(/_(one|few|other)$/, "");
    for (const form of ["one", "few", "other"]) assert.ok(keys.includes(`${base}_${form}`), base);
  }
});

Deno.test("every message is read somewhere", async () => {
  const sources: string[] = [];
  for (const folder of ["routes", "components", "islands", "site", "supabase"]) {
    for await (const file of walk(join(ROOT, folder))) sources.push(await Deno.readTextFile(file));
  }
  const all = sources.join("\n");
  const patterns = [...all.matchAll(/`([a-z_]+\.[^`\n]*\$\{[^`\n]*)`/g)].map(
    ([, template = ""]) => {
      const parts = template.split(/\$\{[^}]+\}/).map((part) => part.replaceAll(".", "\\."));
      return new RegExp(`^${parts.join("[a-z0-9_]+")}$`);
    },
  );
  const unread = Object.keys(messages.en).filter((key) => {
    const base = key.replace(/_(one|few|other)$/, "");
    return !all.includes(`"${key}"`) && !all.includes(`"${base}"`) &&
      !patterns.some((pattern) => pattern.test(key));
  });
  assert.deepEqual(unread, []);
});

async function* walk(folder: string): AsyncGenerator<string> {
  for await (const entry of Deno.readDir(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory) yield* walk(path);
    else if (/\.(tsx?|sql)$/.test(entry.name) && !entry.name.includes("_test.")) yield path;
  }
}
