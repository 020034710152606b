/** Addresses that hold a key: whoever has the link may use it, so the link must not get about. */

/** A language and the name of the page, or the name of the door below `/api`; the key follows. */
const WITH_KEY =
  /^\/(?:[a-z]{2}\/(?:nps|unsubscribe|track|share)\/|api\/(?:public\/(?:nps|unsubscribe)$|documents\/share\/))/;

/**
 * Whether an address holds a key, in its path or its query. Such pages are stored nowhere and named to
 * nobody, and stand on no session: the key alone says what may be done.
 *
 * @param url The address.
 */
export function holdsKey({ pathname }: Pick<URL, "pathname">): boolean {
  return WITH_KEY.test(pathname);
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
