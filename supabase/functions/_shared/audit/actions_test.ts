/** Every name under which SQL writes to the audit log is one of the typed actions. */
import assert from "node:assert/strict";

const MIGRATIONS = new URL("../../../migrations/", import.meta.url);
/** Put together from two texts where they are written. */
const COMPOSED: Readonly<Record<string, readonly string[]>> = {
  "share_pack.": ["share_pack.created", "share_pack.revoked"],
  "tracking_link.": ["tracking_link.created", "tracking_link.revoked"],
};
const WRITES = /record_audit\(|insert into public\.audit_log\b/;

async function typedActions(): Promise<ReadonlySet<string>> {
  const text = await Deno.readTextFile(new URL("./actions.ts", import.meta.url));
  return new Set([...text.matchAll(/^ {2}\| "([a-z_.]+)"/gm)].map(([, name]) => name ?? ""));
}

/** Names in functions that write to the log: small letters in quotes, with a point between. */
async function writtenActions(): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for await (const { name: file } of Deno.readDir(MIGRATIONS)) {
    const text = await Deno.readTextFile(new URL(file, MIGRATIONS));
    for (const [body] of text.matchAll(/create (?:or replace )?function[\s\S]*?\n\$\$;/g)) {
      if (!WRITES.test(body)) continue;
      for (const [, name = ""] of body.matchAll(/'([a-z_]+\.(?:[a-z_]+(?:\.[a-z_]+)*)?)'/g)) {
        for (const whole of COMPOSED[name] ?? [name]) found.set(whole, file);
      }
    }
  }
  return found;
}

/** What else looks like it: settings of the session. */
const NOT_ACTIONS = new Set(["identity.invitation", "identity.reason"]);

Deno.test("every action that a migration writes is typed", async () => {
  const typed = await typedActions();
  const written = await writtenActions();
  assert.ok(written.size > 30, `only ${written.size} found in ${MIGRATIONS.pathname}`);
  const untyped = [...written].filter(([name]) => !typed.has(name) && !NOT_ACTIONS.has(name))
    .map(([name, file]) => `${name} in ${file}`);
  assert.deepEqual(untyped, []);
});

Deno.test("every typed action is one that the log takes", async () => {
  for (const name of await typedActions()) {
    assert.match(name, /^[A-Za-z_]+(\.[a-z_]+)*$/);
    assert.ok(name.length <= 80, name);
  }
});
