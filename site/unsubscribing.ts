/** The link at the end of our helpful mails: stops them, and takes that back. */
import { z } from "zod";
import { hashToken, isToken } from "@core/outreach/mail_links.ts";
import type { Database } from "@core/platform/database.ts";
import type { LinkFacts } from "./link_keys.ts";

/** Whether helpful mails are sent to whom the link was sent. */
export type MailWish = LinkFacts<"subscribed" | "unsubscribed" | "unknown">;

/** The buttons of the page. */
export const WishForm = z.object({ wish: z.enum(["stop", "keep"]) });

/** What is wished. */
export type Wish = z.infer<typeof WishForm>["wish"];

/**
 * How it stands with the helpful mails behind a link. Changes nothing.
 *
 * @param db Asked as a visitor, whoever is signed in.
 * @param key The link's key.
 */
export async function readWish(db: Pick<Database, "asAnon">, key: string): Promise<MailWish> {
  if (!isToken(key)) return NOBODY;
  const hash = hashToken(key);
  const [found] = await db.asAnon((tx) =>
    tx<MailWish[]>`select state, locale, tenant_id from private.unsubscribe_state(${hash})`
  );
  return found ?? NOBODY;
}

/**
 * Stops the helpful mails behind a link, or has them go on. Twice is once.
 *
 * @param db Asked as a visitor, whoever is signed in.
 * @param key The link's key.
 * @param wish What is wished.
 */
export async function fulfil(
  db: Pick<Database, "asAnon">,
  key: string,
  wish: Wish,
): Promise<MailWish> {
  if (!isToken(key)) return NOBODY;
  const hash = hashToken(key);
  const [found] = await db.asAnon((tx) =>
    wish === "stop"
      ? tx<MailWish[]>`select state, locale, tenant_id from private.unsubscribe(${hash})`
      : tx<MailWish[]>`select state, locale, tenant_id from private.resubscribe(${hash})`
  );
  return found ?? NOBODY;
}

const NOBODY: MailWish = { state: "unknown", locale: null, tenantId: null };
