/** Passes requests of the site's `/api` on to the edge functions, streaming both ways. */
import type { Database } from "@core/platform/database.ts";
import { AppError } from "@core/platform/errors.ts";
import { networkOf, type RateLimit, takeRateLimit } from "@core/platform/rate_limit.ts";

/** One path of the site and the function behind it. */
interface PassedPath {
  readonly methods: readonly string[];
  /** Path below `/api`. */
  readonly pattern: RegExp;
  /** Path below `/functions/v1`; `$1` and so on are the pattern's groups. */
  readonly target: string;
  /** Whether the signed-in person's token goes along. */
  readonly asViewer?: true;
  /** How often one address may ask; for what everyone may ask. */
  readonly limit?: VisitLimit;
  /** The page below the language that has the link, for whoever follows it and is refused. */
  readonly page?: string;
}

/** How often one address may ask for a path. */
export type VisitLimit = Omit<RateLimit, "key">;

const ID = "([0-9A-Za-z-]{1,64})";

/** Wishes of one visitor for a new password; the page counts by it too. */
export const RESET_LIMIT: VisitLimit = {
  bucket: "password reset through the site",
  max: 40,
  windowSeconds: 900,
};
/** Tries of one visitor to set one by a link; the page counts by it too. */
export const NEW_PASSWORD_LIMIT: VisitLimit = {
  bucket: "new password through the site",
  max: 60,
  windowSeconds: 900,
};

/** What is passed on; everything else below `/api` does not exist. */
const PASSED: readonly PassedPath[] = [
  { methods: ["POST"], pattern: /^webhooks\/paddle$/, target: "paddle-webhook" },
  { methods: ["POST"], pattern: /^webhooks\/resend$/, target: "resend-webhook" },
  {
    methods: ["GET", "POST"],
    pattern:
      /^cron\/(dunning|engagement|nps|mails|webhooks|documents|reconcile|retention|audit|privacy)$/,
    target: "cron/$1",
  },
  {
    methods: ["GET"],
    pattern: new RegExp(`^documents/${ID}$`),
    target: "documents/$1",
    asViewer: true,
  },
  {
    methods: ["GET"],
    pattern: new RegExp(`^documents/${ID}/download$`),
    target: "documents/$1/download",
    asViewer: true,
  },
  {
    methods: ["GET"],
    pattern: new RegExp(`^payment-proofs/${ID}$`),
    target: "documents/proofs/$1",
    asViewer: true,
  },
  // A link in a page; the token goes along, and a copy of everything is never kept on the way.
  {
    methods: ["GET"],
    pattern: /^privacy\/export$/,
    target: "documents/export",
    asViewer: true,
    // The function counts by person as well; an office may share an address.
    limit: { bucket: "data export through the site", max: 60, windowSeconds: 3600 },
    page: "account/privacy",
  },
  // By the key in the address, never by a session.
  {
    methods: ["GET", "POST"],
    pattern: /^documents\/share\/([A-Za-z0-9_-]{43})\/([1-9][0-9]?)$/,
    target: "documents/share/$1/$2",
    // An office may share an address.
    limit: { bucket: "shared documents through the site", max: 60, windowSeconds: 60 },
  },
  {
    methods: ["GET", "POST"],
    pattern: /^public\/nps$/,
    target: "nps",
    // A household or an office may share an address.
    limit: { bucket: "nps through the site", max: 60, windowSeconds: 60 },
  },
  {
    methods: ["POST"],
    pattern: /^auth\/request-password-reset$/,
    target: "auth/request-password-reset",
    limit: RESET_LIMIT,
  },
  {
    methods: ["POST"],
    pattern: /^auth\/reset-password$/,
    target: "auth/reset-password",
    limit: NEW_PASSWORD_LIMIT,
  },
  {
    methods: ["POST"],
    pattern: /^auth\/claim-account$/,
    target: "auth/claim-account",
    limit: NEW_PASSWORD_LIMIT,
  },
  {
    methods: ["GET"],
    pattern: /^auth\/reset-password\/([A-Za-z0-9_.~-]{1,512})$/,
    target: "auth/reset-password/$1",
  },
  { methods: ["GET"], pattern: /^health$/, target: "health" },
];

/** Request headers that go along; above all not the cookie. */
const REQUEST_HEADERS: readonly string[] = [
  "accept",
  "accept-language",
  "authorization",
  "content-length",
  "content-type",
  "if-none-match",
  "if-modified-since",
  "paddle-signature",
  "range",
  "svix-id",
  "svix-signature",
  "svix-timestamp",
  "user-agent",
];

/** Answer headers that come back. */
const ANSWER_HEADERS: readonly string[] = [
  "accept-ranges",
  "allow",
  "cache-control",
  "content-disposition",
  "content-language",
  "content-length",
  "content-range",
  "content-type",
  "etag",
  "last-modified",
  "location",
  "retry-after",
  "vary",
];

/** Longest wait until a function begins to answer, in milliseconds. */
const PATIENCE = 30_000;

/** Where a request of the site's goes, or why it goes nowhere. */
export type Destination =
  | {
    readonly found: true;
    readonly path: string;
    readonly asViewer: boolean;
    readonly limit: VisitLimit | null;
    readonly page: string | null;
  }
  | { readonly found: false; readonly status: 404 }
  | { readonly found: false; readonly status: 405; readonly allow: readonly string[] };

/**
 * Looks a path up among those that are passed on.
 *
 * @param method HTTP method; HEAD counts as GET.
 * @param path Path below `/api`, without the leading slash.
 */
export function destination(method: string, path: string): Destination {
  const passed = PASSED.find(({ pattern }) => pattern.test(path));
  if (passed === undefined) return { found: false, status: 404 };
  if (!passed.methods.includes(method === "HEAD" ? "GET" : method)) {
    return { found: false, status: 405, allow: passed.methods };
  }
  return {
    found: true,
    path: path.replace(passed.pattern, passed.target),
    asViewer: passed.asViewer === true,
    limit: passed.limit ?? null,
    page: passed.page ?? null,
  };
}

/**
 * Counts a visit by the visitor's own address. To the function all who come through the site have the
 * site's: nobody could believe a header that says otherwise, as everybody could write one.
 *
 * @param db Keeps the count, so that it holds over all processes of the site.
 * @param limit How often one address may ask.
 * @param address Where the visit comes from.
 * @throws {AppError} `too_many_requests` (429) with the seconds to wait.
 */
export async function countPassage(
  db: Pick<Database, "asAnon">,
  limit: VisitLimit,
  address: string,
): Promise<void> {
  const verdict = await take(db, limit, address);
  if (verdict.allowed) return;
  throw new AppError({
    code: "too_many_requests",
    status: 429,
    message: "Too many tries. Please wait a moment.",
    retryAfter: verdict.retryAfterSeconds,
  });
}

/**
 * Counts a visit that a page of ours makes of the same door.
 *
 * @param db Keeps the count.
 * @param limit How often one address may ask.
 * @param address Where the visit comes from.
 * @returns Whether it may go on.
 */
export async function isWithin(
  db: Pick<Database, "asAnon">,
  limit: VisitLimit,
  address: string,
): Promise<boolean> {
  return (await take(db, limit, address)).allowed;
}

function take(db: Pick<Database, "asAnon">, limit: VisitLimit, address: string) {
  return db.asAnon((tx) => takeRateLimit(tx, { ...limit, key: networkOf(address) }));
}

/** What a request is passed on with. */
export interface PassOn {
  /** The project's URL. */
  readonly supabaseUrl: string;
  readonly publishableKey: string;
  /** Path below `/functions/v1`. */
  readonly path: string;
  /** The signed-in person's token, where the function acts for a person. */
  readonly accessToken: string | null;
  /** The peer's address, for the function's log. */
  readonly clientAddress: string;
  readonly requestId: string;
}

/**
 * Hands a request to a function and its answer back. Nothing of either is held in memory.
 *
 * @param req The request; its cookie stays here.
 * @param options Where to and as whom.
 * @throws {AppError} `function_unavailable` (503) if the function does not answer.
 */
export async function passOn(req: Request, options: PassOn): Promise<Response> {
  const url = new URL(`${options.supabaseUrl}/functions/v1/${options.path}`);
  const asked = new URL(req.url);
  url.search = asked.search;
  const headers = picked(req.headers, REQUEST_HEADERS);
  headers.set("apikey", options.publishableKey);
  headers.set("accept-encoding", "identity");
  headers.set("x-forwarded-for", options.clientAddress);
  headers.set("x-forwarded-host", asked.host);
  headers.set("x-request-id", options.requestId);
  if (options.accessToken !== null) headers.set("authorization", `Bearer ${options.accessToken}`);

  const gaveUp = new AbortController();
  const timer = setTimeout(() => gaveUp.abort(), PATIENCE);
  try {
    const answer = await fetch(url, {
      method: req.method,
      headers,
      body: req.body,
      redirect: "manual",
      signal: AbortSignal.any([gaveUp.signal, req.signal]),
    });
    return new Response(answer.body, {
      status: answer.status,
      headers: picked(answer.headers, ANSWER_HEADERS),
    });
  } catch (error) {
    throw new AppError({
      code: "function_unavailable",
      status: 503,
      message: "The service cannot be reached. Please try again shortly.",
      retryAfter: 5,
      cause: error,
    });
  } finally {
    clearTimeout(timer);
  }
}

function picked(from: Headers, names: readonly string[]): Headers {
  const headers = new Headers();
  for (const name of names) {
    const value = from.get(name);
    if (value !== null) headers.set(name, value);
  }
  return headers;
}
