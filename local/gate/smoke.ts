/** Whether a deployment works, from outside and without changing anything in it. */
import { type Finding } from "../guard/rule.ts";
import { headerRules } from "../guard/headers.ts";

/** What was looked at, and what was wrong. */
export interface Smoke {
  readonly looked: number;
  readonly findings: readonly Finding[];
}

interface Look {
  readonly method: "GET" | "POST";
  readonly path: string;
  /** Statuses that are right. */
  readonly status: readonly number[];
  /** What its body has to say. */
  readonly says?: RegExp;
  /** Where it has to lead. */
  readonly leads?: RegExp;
  /** Nothing in it makes a change, whatever is answered: it has no body and no key. */
  readonly body?: string;
}

const LOCALES = ["sq", "en", "mk", "sr"];

/** Every look is one that a stranger may take; what is posted is refused before anything is read. */
const LOOKS: readonly Look[] = [
  { method: "GET", path: "/", status: [302, 303, 307], leads: /\/(?:sq|en|mk|sr)(?:\/|$)/ },
  ...LOCALES.flatMap((locale): Look[] => [
    { method: "GET", path: `/${locale}`, status: [200], says: /data-testid="landing-page-ready"/ },
    { method: "GET", path: `/${locale}/pricing`, status: [200], says: /"pricing-page-ready"/ },
    { method: "GET", path: `/${locale}/login`, status: [200], says: /data-testid="login-form"/ },
  ]),
  { method: "GET", path: "/en/register", status: [200], says: /data-testid="register-form"/ },
  { method: "GET", path: "/en/forgot-password", status: [200] },
  { method: "GET", path: "/en/member", status: [302, 303], leads: /\/en\/login\?next=/ },
  { method: "GET", path: "/en/staff/claims", status: [302, 303], leads: /\/en\/login\?next=/ },
  { method: "GET", path: "/en/admin/overview", status: [302, 303], leads: /\/en\/login\?next=/ },
  { method: "GET", path: "/en/there-is-no-such-page", status: [404] },
  { method: "GET", path: "/api/health", status: [200], says: /"status":"(?:ok|degraded)"/ },
  { method: "GET", path: "/api/claims", status: [401], says: /"code"/ },
  {
    method: "GET",
    path: "/api/documents/00000000-0000-4000-8000-000000000000",
    status: [401],
    says: /"code"/,
  },
  { method: "GET", path: "/api/cron/dunning", status: [401], says: /"code"/ },
  { method: "POST", path: "/api/webhooks/paddle", status: [400], says: /"code"/, body: "{}" },
];

/** What no stranger may read in any answer. */
const LEAKS =
  /\bat .+\.tsx?:\d+:\d+|PostgresError|syntax error at or near|sb_secret_|postgres(?:ql)?:\/\/\w+:|service_role/;

const PATIENCE = 20_000;

/**
 * Looks at a deployment.
 *
 * @param address Its public address.
 * @returns What was wrong; nothing if it works.
 */
export async function smoke(address: string): Promise<Smoke> {
  const base = address.replace(/\/+$/, "");
  const findings: Finding[] = [];
  for (const look of LOOKS) findings.push(...await take(base, look));
  return { looked: LOOKS.length, findings };
}

async function take(base: string, look: Look): Promise<Finding[]> {
  const where = `${look.method} ${look.path}`;
  const found: Finding[] = [];
  const say = (what: string) => found.push({ rule: "smoke", where, what });
  try {
    const answer = await fetch(`${base}${look.path}`, {
      method: look.method,
      redirect: "manual",
      signal: AbortSignal.timeout(PATIENCE),
      ...(look.body === undefined
        ? {}
        : { body: look.body, headers: { "content-type": "application/json" } }),
    });
    const text = await answer.text();
    if (!look.status.includes(answer.status)) {
      say(`answered ${answer.status}, not ${look.status.join(" or ")}`);
    } else if (look.says !== undefined && !look.says.test(text)) {
      say(`says nothing of ${look.says.source}`);
    }
    const location = answer.headers.get("location") ?? "";
    if (look.leads !== undefined && !look.leads.test(location)) say(`leads to "${location}"`);
    if (LEAKS.test(text)) say("tells strangers how it is made, or a key");
    found.push(...headersOf(where, answer.headers, base));
  } catch (error) {
    const why = error instanceof Error ? error.name : "";
    say(why === "TimeoutError" ? `no answer within ${PATIENCE / 1000} s` : "no answer");
  }
  return found;
}

/** The policy of every answer; HSTS is for https. */
function headersOf(where: string, headers: Headers, base: string): Finding[] {
  return headerRules(new Map([[where, headers]])).filter(({ what }) =>
    base.startsWith("https:") || !what.startsWith("strict-transport-security")
  );
}
