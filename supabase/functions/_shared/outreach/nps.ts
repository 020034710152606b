/** Answering the survey: what the link in the mail may do, for the API and the site's page alike. */
import { z } from "zod";
import type { Transaction } from "@core/platform/database.ts";
import { isLocale, type Locale } from "@core/platform/i18n.ts";
import { hashToken, isToken } from "./mail_links.ts";

/** Longest comment, in characters as people and PostgreSQL count them. */
export const MAX_COMMENT = 1_000;

/** Whether a survey may be answered. */
export type NpsState = "open" | "answered" | "expired" | "unknown";

/** What is known of a survey by its token. */
export interface NpsSurvey {
  readonly state: NpsState;
  /** The member's language; null if there is no such survey. */
  readonly locale: Locale | null;
  readonly tenantId: string | null;
}

/** What became of an answer. */
export type NpsOutcome = "thanks" | Exclude<NpsState, "open">;

/** A token as it may come; everything else is no token of ours and need not be looked up. */
export const NpsToken = z.string().refine(isToken);

/**
 * A comment as it may come: without what cannot be seen, and null if nothing is left.
 *
 * @param tooLong What is said of one that is too long even so.
 * @returns The schema.
 */
export function npsComment(tooLong = "is too long") {
  return z.string().transform(readable)
    .refine((text) => lengthOf(text) <= MAX_COMMENT, tooLong)
    .transform((text) => text === "" ? null : text);
}

/** An answer as it comes. */
export const NpsAnswer = z.object({
  token: NpsToken,
  score: z.number().int().min(0).max(10),
  comment: npsComment().nullish(),
});

/** Control and format characters but line ends, and joiners that join no emoji. */
const UNSEEN =
  /(?![\n\u200d])[\p{Cc}\p{Cf}]|(?<![\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0f])\u200d|\u200d(?!\p{Extended_Pictographic})/gu;

/**
 * A comment without what cannot be seen or turns the direction of writing. Line ends stay, which
 * browsers send as two characters.
 *
 * @param text The comment as it was typed.
 */
export function readable(text: string): string {
  return text.replace(/\r\n?/g, "\n").replaceAll("\t", " ").replace(UNSEEN, "").trim();
}

/**
 * Characters as people and PostgreSQL count them.
 *
 * @param text Any text.
 */
export function lengthOf(text: string): number {
  return [...text].length;
}

interface Row {
  readonly state: string;
  readonly locale: string | null;
  readonly tenantId: string | null;
}

/**
 * Whether a survey may be answered. Changes nothing, however often it is asked.
 *
 * @param tx A transaction of `anon` or of a signed-in person.
 * @param token The token as it came.
 * @returns Its state.
 */
export async function npsState(tx: Transaction, token: string): Promise<NpsSurvey> {
  if (!isToken(token)) return NO_SURVEY;
  const [row] = await tx<Row[]>`
    select state, locale, tenant_id from private.nps_token_state(${hashToken(token)})`;
  return { ...known(row), state: (row?.state ?? "unknown") as NpsState };
}

/**
 * Answers a survey, once: of several answers at the same time the first counts.
 *
 * @param tx A transaction of `anon` or of a signed-in person.
 * @param answer Token, score and comment, as {@link NpsAnswer} reads them.
 * @returns `thanks`, or why it was not taken.
 */
export async function answerNps(
  tx: Transaction,
  { token, score, comment }: z.infer<typeof NpsAnswer>,
): Promise<Omit<NpsSurvey, "state"> & { readonly state: NpsOutcome }> {
  if (!isToken(token)) return NO_SURVEY;
  const [row] = await tx<Row[]>`
    select state, locale, tenant_id
    from private.answer_nps(${hashToken(token)}, ${score}, ${comment ?? null})`;
  return { ...known(row), state: (row?.state ?? "unknown") as NpsOutcome };
}

const NO_SURVEY = { state: "unknown", locale: null, tenantId: null } as const;

function known(row: Row | undefined): Omit<NpsSurvey, "state"> {
  const locale = row?.locale ?? null;
  return {
    locale: locale !== null && isLocale(locale) ? locale : null,
    tenantId: row?.tenantId ?? null,
  };
}
