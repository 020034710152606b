/** Addresses that hold a key: whoever has the link may use it, so the link must not get about. */

/** A language and the name of the page, or the name of the door below `/api`; the key follows. */
const WITH_KEY =
  /^\/(?:[a-z]{2}\/(?:(?:nps|unsubscribe|track|share|invitation|confirm|welcome|verify)\/|reset-password$)|verify\/|api\/(?:public\/(?:nps|unsubscribe)$|documents\/share\/|auth\/reset-password\/))/;
/** What such a page does it does for whoever is signed in, or signs somebody in. */
const WITH_SESSION = /^\/[a-z]{2}\/(?:invitation|welcome)\//;

/**
 * Whether an address holds a key, in its path or its query. Such pages are stored nowhere and named to
 * no other site.
 *
 * @param url The address.
 */
export function holdsKey({ pathname }: Pick<URL, "pathname">): boolean {
  return WITH_KEY.test(pathname);
}

/**
 * Whether the key in an address alone says what may be done: then no session does, and a form need
 * not come from a page of ours.
 *
 * @param url The address.
 */
export function standsOnKey(url: Pick<URL, "pathname">): boolean {
  return holdsKey(url) && !WITH_SESSION.test(url.pathname);
}

/**
 * A path for the log, without the key that it may hold.
 *
 * @param url The address.
 */
export function loggedPath({ pathname }: Pick<URL, "pathname">): string {
  const [beginning] = WITH_KEY.exec(pathname) ?? [];
  return beginning === undefined || beginning === pathname ? pathname : `${beginning}…`;
}

/**
 * The page of an invitation that an address leads to, for whoever confirms a mail address in between.
 *
 * @param path What came along with a link.
 * @returns The path, or null for anything else.
 */
export function invitationPath(path: string | null): string | null {
  return path !== null && /^\/[a-z]{2}\/invitation\/[A-Za-z0-9_-]{43}$/.test(path) ? path : null;
}
