/** Whoever hands Supabase Auth a password hands it what `authPassword()` makes of it (ADR 0033). */
import assert from "node:assert/strict";
import { join, posix } from "node:path";
import { ROOT } from "../../local/settings.ts";

/** Where a password is handed over: to Auth's client, to its addresses, or to the database. */
const HANDED_OVER =
  /\.(signUp|signInWithPassword|createUser|updateUserById)\(|updateUser\(\{[^}]*password|private\.claim_account\(|auth\/v1\/(token\?grant_type=password|signup)|extensions\.crypt\(/;
/** Tests hand over short ones, and what they hand over stands in them. */
const IS_TEST = /^tests\/|_test\.tsx?$/;

async function* sources(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(join(ROOT, folder))) {
    const path = posix.join(folder, name);
    if (isDirectory) yield* sources(path);
    else if (/\.tsx?$/.test(name) && !IS_TEST.test(path)) yield path;
  }
}

Deno.test("every file that hands Auth a password asks authPassword()", async () => {
  const found: string[] = [];
  const wrong: string[] = [];
  const tops = ["bench", "components", "islands", "local", "ops", "routes", "site", "supabase"];
  for (const top of tops) {
    for await (const path of sources(top)) {
      const lines = (await Deno.readTextFile(join(ROOT, path))).split("\n");
      for (const [at, line] of lines.entries()) {
        if (!HANDED_OVER.test(line)) continue;
        // The function of that name in the site's own client takes what was typed and hands it over.
        if (/services\.auth\.|^\s*\*/.test(line)) continue;
        found.push(path);
        const call = lines.slice(at, at + 5).join("\n");
        if (!call.includes("authPassword(")) wrong.push(`${path}:${at + 1} ${line.trim()}`);
      }
    }
  }
  assert.deepEqual(wrong, []);
  assert.deepEqual([...new Set(found)].sort(), [
    "local/demo.ts",
    "local/demo_claims.ts",
    "local/demo_sales.ts",
    "site/auth_client.ts",
    "supabase/functions/_shared/identity/password_auth.ts",
    "supabase/functions/_shared/identity/welcome_store.ts",
  ]);
});
