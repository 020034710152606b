/** What the site shows people of what is kept about them, and what they ask for. */
import { z } from "zod";
import type { MailPreferences } from "@core/claims/notification.ts";
import { readMailPreferences } from "@core/claims/notification_store.ts";
import { sqlState } from "@core/platform/database_failures.ts";
import type { Transaction } from "@core/platform/database.ts";
import type { MessageKey } from "@core/platform/i18n.ts";
import { readable } from "@core/outreach/nps.ts";
import { readSettings } from "./settings.ts";

/** Days between the wish to be forgotten and the day it is carried out; the database counts them. */
export const DAYS_TO_THINK = 30;

/** Longest reason that is kept, in characters. */
export const REASON_MAX = 1000;

/** Open requests of a person, and what stands in their way. */
export interface PrivacyState {
  readonly deletionRequestedAt: Date | null;
  /** The day on which they are forgotten; null if they did not ask for it. */
  readonly deletionDueAt: Date | null;
  /** Until when the copy of their data can be downloaded; null if there is none. */
  readonly exportExpiresAt: Date | null;
  /** When that copy was downloaded first. */
  readonly lastDownloadedAt: Date | null;
  /** Accounts of those who work here are not theirs to delete. */
  readonly mayRequestDeletion: boolean;
  /** Whether a membership would be charged again. */
  readonly renews: boolean;
  readonly membershipEndsAt: Date | null;
  readonly openClaims: number;
}

/** What a person last said to a text. */
export interface Consent {
  readonly kind: "terms" | "privacy" | "marketing";
  readonly version: string;
  readonly given: boolean;
  readonly at: Date;
}

/** What a person agreed to, and which mails they get. */
export interface Choices {
  readonly consents: readonly Consent[];
  /** Whether they get helpful mails. */
  readonly helpful: boolean;
  readonly mails: MailPreferences;
}

/**
 * A person's open requests.
 *
 * @param tx A transaction in their name.
 * @returns Null if their account was closed meanwhile.
 */
export async function readPrivacy(tx: Transaction): Promise<PrivacyState | null> {
  const [row] = await tx<PrivacyState[]>`
    select deletion_requested_at, deletion_due_at, export_expires_at, last_downloaded_at,
           may_request_deletion, renews, membership_ends_at, open_claims::int as open_claims
    from public.my_privacy()`;
  return row ?? null;
}

/**
 * What a person agreed to and chose.
 *
 * @param tx A transaction in their name.
 * @param userId The person; administrators may read others' too.
 */
export async function readChoices(tx: Transaction, userId: string): Promise<Choices> {
  const [consents, settings, mails] = await Promise.all([
    tx<Consent[]>`
      select distinct on (kind) kind, version, given, at
      from public.consents
      where user_id = ${userId}
      order by kind, at desc, id`,
    readSettings(tx, userId),
    readMailPreferences(tx, userId),
  ]);
  return { consents, helpful: settings?.helpful === true, mails };
}

/**
 * Opens the download of everything that is kept about the person, for seven days. Asked twice, it is
 * open once.
 *
 * @param tx A transaction in their name.
 */
export async function requestExport(tx: Transaction): Promise<void> {
  await tx`select public.request_export()`;
}

/**
 * Notes that the person wants to be forgotten.
 *
 * @param tx A transaction in their name.
 * @param reason Why, in their words; null if they do not say.
 * @throws PostgreSQL's refusal, see {@linkcode deletionRefusal}.
 */
export async function requestDeletion(tx: Transaction, reason: string | null): Promise<void> {
  await tx`select public.request_deletion(${reason})`;
}

/**
 * Takes that back.
 *
 * @param tx A transaction in their name.
 * @returns False if there was nothing to take back.
 */
export async function cancelDeletion(tx: Transaction): Promise<boolean> {
  const [row] = await tx<{ done: boolean }[]>`select public.cancel_deletion() as done`;
  return row?.done === true;
}

/** Why somebody is not forgotten, by the state that PostgreSQL names. */
const REFUSALS = {
  "23514": "renews",
  "23505": "requested",
  "42501": "not_theirs",
  "PT429": "too_often",
} as const;

/** A membership renews, it is asked for already or too often, or the account is not theirs to delete. */
export type DeletionRefusal = typeof REFUSALS[keyof typeof REFUSALS];

/**
 * What an error of {@linkcode requestDeletion} means.
 *
 * @param error What was thrown.
 * @returns The refusal, or null if the error is none.
 */
export function deletionRefusal(error: unknown): DeletionRefusal | null {
  const state = sqlState(error) ?? "";
  return state in REFUSALS ? REFUSALS[state as keyof typeof REFUSALS] : null;
}

const tooLong: MessageKey = "privacy.delete.reason.long";

/** The form of the page that asks once more. */
export const DeletionForm = z.object({
  reason: z.string().default("").transform(readable)
    .refine((text) => [...text].length <= REASON_MAX, tooLong)
    .transform((text) => text === "" ? null : text),
});
