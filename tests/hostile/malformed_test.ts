/**
 * Odd things sent to every page, form and endpoint, as a visitor and as each role. Forms are found by
 * walking through the site, so one that is new is tried as well.
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { sql } from "../browser/people.ts";
import { stackValue } from "../support/stack_env.ts";
import { ENDS_SESSION, walk } from "./forms.ts";
import { FUNCTION_ENDPOINTS, oddBody, oddHeader, SITE_ENDPOINTS } from "./endpoints.ts";
import { oddForm, oddText } from "./odd_values.ts";
import { newAccount, openInvitation, plantSecrets, type Role, ROLES, ROOTS } from "./people.ts";
import { wrongWith } from "./verdict.ts";
import { type Sending, Visitor } from "./visitor.ts";

/** The least that is sent in all. */
const LEAST = 20_000;
/** How many things are sent at the same time. */
const AT_ONCE = 8;

let sent = 0;
const secrets = await plantSecrets();

/** What somebody must not be shown. */
function hiddenFrom(role: Role | null): readonly string[] {
  const worksOnClaims = role !== null && role !== "member" && role !== "agent";
  return worksOnClaims ? [secrets.other] : [secrets.other, secrets.same];
}

/** Sends one odd thing and looks at the answer. */
async function check(visitor: Visitor, role: Role | null, path: string, sending: Sending) {
  sent++;
  const answer = await visitor.send(path, sending);
  const wrong = wrongWith(answer, hiddenFrom(role));
  assert.equal(wrong, null, `${sending.method} ${path} ${wrong}`);
  if (role !== null && /\/login\b/.test(answer.headers.get("location") ?? "")) {
    await visitor.signIn();
  }
}

/** Tries a property of odd things. */
async function always<T>(
  arbitrary: fc.Arbitrary<T>,
  times: number,
  works: (odd: T) => Promise<void>,
) {
  await fc.assert(fc.asyncProperty(arbitrary, works), { numRuns: times, endOnFailure: true });
}

/** Does some work for each, a few at a time. */
async function each<T>(things: readonly T[], work: (thing: T) => Promise<void>): Promise<void> {
  const waiting = things.values();
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    for (const thing of waiting) await work(thing);
  }));
}

// deno-fmt-ignore
/** Names that pages and endpoints look for in an address. */
const QUERY = [
  "_ptxn", "after", "assignee", "before", "branch", "callbackURL", "category", "cursor", "disposition",
  "from", "member", "next", "page", "perPage", "period", "q", "ref", "saved", "scope", "search", "since",
  "state", "status", "to", "token", "type", "until", "view",
];

/** Where somebody begins to walk. */
function rootsOf(role: Role | null): readonly string[] {
  return role === null ? ["/en", "/en/register", "/en/login"] : ROOTS[role];
}

/** Pages that only the link in a mail leads to, with links that look right. */
async function byLink(role: Role | null): Promise<string[]> {
  if (role !== null && role !== "member") return [];
  return [
    `/en/invitation/${await openInvitation()}`,
    "/en/reset-password?token=0123456789abcdef0123456789abcdef",
    "/en/confirm/signup/0123456789abcdef0123456789abcdef",
    "/en/confirm/email/0123456789abcdef0123456789abcdef",
  ];
}

const oddQuery = fc.array(
  fc.tuple(fc.oneof({ arbitrary: fc.constantFrom(...QUERY), weight: 5 }, oddText), oddText),
  { minLength: 1, maxLength: 4 },
).map((pairs) => new URLSearchParams(pairs).toString().slice(0, 7_000));

for (const role of [null, ...ROLES]) {
  Deno.test(`nothing odd that ${role ?? "a visitor"} sends to a page breaks it or opens another`, async (t) => {
    const visitor = new Visitor(role === null ? null : await newAccount(role));
    try {
      await visitor.signIn();
      const { pages, forms: all } = await walk(visitor, [...await byLink(role), ...rootsOf(role)]);
      const forms = all.filter(({ action }) => !ENDS_SESSION.test(action));
      assert.ok(pages.length >= (role === "branch_manager" ? 2 : 3), `${role} found ${pages}`);
      await t.step(`${forms.length} forms`, () =>
        each(forms, async ({ action, fields }) => {
          // Signing in and registering go to Auth, and a refusal takes its time on purpose.
          const times = /\/(?:login|register|invitation)\b/.test(action) ? 40 : 100;
          await always(oddForm(fields), times, (odd) =>
            check(visitor, role, action, { method: "POST", ...odd }));
        }));
      await t.step(`${pages.length} pages`, () =>
        each(pages, async (path) => {
          const [bare = path] = path.split("?");
          await always(oddQuery, 25, (query) =>
            check(visitor, role, `${bare}?${query}`, { method: "GET" }));
        }));
      await t.step(
        "odd paths below them",
        () =>
          each([...new Set(pages.map((path) => path.split("?")[0] ?? path))], async (path) => {
            await always(fc.tuple(fc.nat(8), oddText), 12, async ([at, text]) => {
              const parts = path.split("/");
              parts[2 + at % Math.max(1, parts.length - 1)] = encodeURIComponent(
                text.slice(0, 2_000),
              );
              await check(visitor, role, parts.join("/"), { method: "GET" });
            });
          }),
      );
    } finally {
      visitor.close();
    }
  });
}

for (
  const [name, base, endpoints] of [
    ["the site's", stackValue("SITE_URL"), SITE_ENDPOINTS],
    ["the functions'", `${stackValue("SUPABASE_URL")}/functions/v1/`, FUNCTION_ENDPOINTS],
  ] as const
) {
  Deno.test(`nothing odd sent to one of ${name} endpoints breaks it`, async () => {
    // Many addresses, or the limits would answer nearly everything.
    const visitors = Array.from({ length: 60 }, () => new Visitor());
    let turn = 0;
    try {
      await each(endpoints, async ({ method, path, headers = [] }) => {
        const odd = fc.record({
          texts: fc.array(oddText, { minLength: 6, maxLength: 6 }),
          values: fc.array(oddHeader, { minLength: headers.length, maxLength: headers.length }),
          body: oddBody,
        });
        await always(odd, 280, async ({ texts, values, body: [type, body] }) => {
          let at = 0;
          const where = path.replaceAll(
            "*",
            () => encodeURIComponent((texts[at++] ?? "").slice(0, 1_000)),
          );
          const head = Object.fromEntries(headers.map((header, at) => [header, values[at] ?? ""]));
          const sending = method === "GET"
            ? { method, headers: head }
            : { method, headers: { ...head, "content-type": type }, body };
          const visitor = visitors[turn++ % visitors.length] ?? new Visitor();
          await check(visitor, null, new URL(where.replace(/^\/{2,}/, "/"), base).href, sending);
        });
      });
    } finally {
      for (const visitor of visitors) visitor.close();
    }
  });
}

Deno.test(`at least ${LEAST} odd things were sent`, () => {
  assert.ok(sent >= LEAST, `only ${sent}`);
});

globalThis.addEventListener("unload", () => void sql.end());
