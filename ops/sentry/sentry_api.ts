/** The few calls of Sentry's API that keep the alert rules. */
import { z } from "zod";
import { SentryRule } from "./rules.ts";

/** Sentry did not do what was asked; the message says what, and has no token in it. */
export class SentryRefused extends Error {
  override readonly name = "SentryRefused";
}

/** Where and as whom. */
export interface SentryAccount {
  /** Base address without a trailing slash, `https://sentry.io` or a region's. */
  readonly url: string;
  /** An organisation token with the scope `alerts:write`. */
  readonly token: string;
  readonly organization: string;
  /** Waits so many milliseconds. */
  readonly wait: (milliseconds: number) => Promise<void>;
}

/** Keeps alert rules in Sentry. */
export interface SentryApi {
  list(): Promise<SentryRule[]>;
  create(rule: SentryRule): Promise<void>;
  replace(id: string, rule: SentryRule): Promise<void>;
}

const PATIENCE = 20_000;
const TRIES = 4;
/** More pages than this no organisation has. */
const MOST_PAGES = 50;

/**
 * Connects to Sentry's API.
 *
 * @param account Where and as whom.
 */
export function connectSentry({ url, token, organization, wait }: SentryAccount): SentryApi {
  const rules = `${url}/api/0/organizations/${encodeURIComponent(organization)}/alert-rules/`;

  async function ask(method: string, address: string, body?: SentryRule): Promise<Response> {
    for (let attempt = 1;; attempt += 1) {
      const response = await fetch(address, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body === undefined ? {} : { "content-type": "application/json" }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        // A redirect would carry the token elsewhere.
        redirect: "manual",
        signal: AbortSignal.timeout(PATIENCE),
      });
      if (response.ok) return response;
      const text = (await response.text()).slice(0, 500);
      const mayPass = response.status === 429 || (method === "GET" && response.status >= 500);
      if (!mayPass || attempt === TRIES) {
        throw new SentryRefused(`${method} alert-rules: ${response.status} ${text}`);
      }
      await wait(1000 * (Number(response.headers.get("retry-after")) || attempt));
    }
  }

  return {
    async list() {
      const found: SentryRule[] = [];
      let cursor: string | null = null;
      for (let page = 0; page < MOST_PAGES; page += 1) {
        const query = cursor === null ? "" : `?cursor=${encodeURIComponent(cursor)}`;
        const response = await ask("GET", `${rules}${query}`);
        found.push(...z.array(SentryRule).parse(await response.json()));
        cursor = nextCursor(response.headers.get("link"));
        if (cursor === null) return found;
      }
      throw new SentryRefused("Sentry's list of rules has no end");
    },
    async create(rule) {
      await (await ask("POST", rules, rule)).body?.cancel();
    },
    async replace(id, rule) {
      await (await ask("PUT", `${rules}${encodeURIComponent(id)}/`, rule)).body?.cancel();
    },
  };
}

/** `<…>; rel="next"; results="true"; cursor="0:100:0"`: the cursor, if more follows. */
function nextCursor(link: string | null): string | null {
  const next = link?.split(/,\s*(?=<)/).find((part) => part.includes('rel="next"'));
  if (next === undefined || !next.includes('results="true"')) return null;
  return /cursor="([^"]+)"/.exec(next)?.[1] ?? null;
}
