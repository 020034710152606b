/** Making links that work without signing in: share packs and tracking links. */
import { z } from "zod";
import { type ClaimRefusal, claimRefusal } from "@core/claims/claim_refusals.ts";
import { hashOfToken, isLinkToken, linkTokenFor, newLinkToken } from "@core/claims/link_token.ts";
import { createSharePack } from "@core/claims/share_pack_store.ts";
import { createTrackingLink, trackClaim } from "@core/claims/tracking_store.ts";
import { sqlState } from "@core/platform/database.ts";
import type { MessageKey } from "@core/platform/i18n.ts";
import type { State } from "../utils.ts";
import type { Problem, Typed } from "./forms.ts";
import { isUuid } from "./links.ts";

/** For how many days a share pack may be made. */
export const SHARE_DAYS = [1, 3, 7, 30] as const;
/** Documents of one pack. */
const DOCUMENTS_AT_MOST = 20;
/** Longest name of a recipient, in characters. */
const RECIPIENT_MAX = 120;

const DAY = 86_400_000;

const pinMalformed: MessageKey = "share.pin.malformed";
const recipientLong: MessageKey = "share.recipient.long";

const ShareForm = z.object({
  token: z.string().refine(isLinkToken),
  days: z.coerce.number().refine((days) => (SHARE_DAYS as readonly number[]).includes(days))
    .catch(7),
  pin: z.string().default("").transform((pin) => pin.replace(/\s/g, ""))
    .refine((pin) => pin === "" || /^[0-9]{4,12}$/.test(pin), pinMalformed),
  recipient: z.string().default("")
    .transform((text) => text.replace(/\s+/g, " ").replace(/[\p{Cc}\p{Cf}]/gu, "").trim())
    .refine((text) => [...text].length <= RECIPIENT_MAX, recipientLong),
});

/** A link that was made: shown once, as only its hash is stored. */
export type MadeLink =
  | {
    readonly kind: "made";
    readonly token: string;
    readonly pin: string | null;
    /** Whether the same form had made it before. */
    readonly wasThere: boolean;
  }
  | { readonly kind: "refused"; readonly problems: readonly Problem[] }
  | { readonly kind: "not_found" };

/**
 * Makes a share pack from a form: fields `token`, `days`, `pin`, `recipient`, and `document-<id>` for
 * each document that was chosen. The token comes from the page, so that a form sent twice makes one
 * link; one that was changed on the way back makes another, as the first hands out something else.
 *
 * @param state The request's.
 * @param claimId The claim.
 * @param typed The form.
 */
export async function makeSharePack(
  state: State,
  claimId: string,
  typed: Typed,
): Promise<MadeLink> {
  const form = ShareForm.safeParse(typed);
  const documentIds = Object.keys(typed)
    .filter((name) => name.startsWith("document-"))
    .map((name) => name.slice("document-".length))
    .filter(isUuid)
    .slice(0, DOCUMENTS_AT_MOST);
  const problems: Problem[] = [];
  if (documentIds.length === 0) problems.push({ field: "documents", key: "share.none_chosen" });
  if (!form.success) {
    for (const field of ["pin", "recipient"] as const) {
      const issue = form.error.issues.find(({ path }) => path[0] === field);
      if (issue) problems.push({ field, key: field === "pin" ? pinMalformed : recipientLong });
    }
    if (problems.length === 0) problems.push({ field: null, key: "share.refused" });
  }
  if (!form.success || problems.length > 0) return { kind: "refused", problems };

  const { days, pin, recipient } = form.data;
  const token = await linkTokenFor(form.data.token, { documentIds, days, pin, recipient });
  // A little less than 30 days: the database counts from its own clock.
  const expiresAt = new Date(state.services.clock.now() + days * DAY - 60_000);
  const tokenHash = await hashOfToken(token);
  return await made(token, pin || null, (tx) =>
    createSharePack(tx, {
      claimId,
      documentIds,
      tokenHash,
      expiresAt,
      pin: pin || null,
      recipient: recipient || null,
    }), state);
}

/**
 * Makes a tracking link from a form with a `token`; the old one ends.
 *
 * @param state The request's.
 * @param claimId The claim.
 * @param typed The form.
 */
export async function makeTrackingLink(
  state: State,
  claimId: string,
  typed: Typed,
): Promise<MadeLink> {
  const token = typed["token"] ?? "";
  if (!isLinkToken(token)) {
    return { kind: "refused", problems: [{ field: null, key: "share.refused" }] };
  }
  const tokenHash = await hashOfToken(token);
  const outcome = await made(
    token,
    null,
    (tx) => createTrackingLink(tx, claimId, tokenHash),
    state,
  );
  if (outcome.kind !== "made" || !outcome.wasThere) return outcome;
  // Sent again after a newer link took this one's place: whoever asks gets one that works.
  const tracked = await state.services.db.asAnon((tx) => trackClaim(tx, tokenHash));
  return tracked === null
    ? await makeTrackingLink(state, claimId, { token: newLinkToken() })
    : outcome;
}

async function made(
  token: string,
  pin: string | null,
  make: Parameters<State["db"]>[0],
  state: State,
): Promise<MadeLink> {
  try {
    await state.db(make);
  } catch (error) {
    // The same form again: the link is there.
    if (sqlState(error) === "23505") return { kind: "made", token, pin, wasThere: true };
    const why: ClaimRefusal | null = claimRefusal(error);
    if (why === null) throw error;
    if (why === "not_found") return { kind: "not_found" };
    return { kind: "refused", problems: [{ field: null, key: "share.refused" }] };
  }
  return { kind: "made", token, pin, wasThere: false };
}
