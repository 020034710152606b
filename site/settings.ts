/** What members may change about themselves. */
import { z } from "zod";
import type { Transaction } from "@core/platform/database.ts";
import { isLocale, type Locale, type MessageKey } from "@core/platform/i18n.ts";
import { fullName } from "./account_forms.ts";

/** A member's settings. */
export interface Settings {
  readonly fullName: string;
  readonly phone: string | null;
  readonly locale: Locale;
  /** Whether they get helpful mails. */
  readonly helpful: boolean;
}

/** What a member changes. */
export interface SettingsChange {
  readonly fullName: string;
  readonly phone: string | null;
  readonly locale: Locale;
  /** Null leaves it as it is: they may have unsubscribed by a link since the form was shown. */
  readonly helpful: boolean | null;
}

const say = (key: MessageKey) => key;

/** Digits with what people put between them, the country code in front. */
const PHONE = /^\+?[\d\s()./-]{6,40}$/;

/** The form of the settings page. */
export const SettingsForm = z.object({
  name: fullName,
  phone: z.string().default("").transform((text) => text.replace(/\s+/g, " ").trim())
    .refine((text) => text === "" || isPhone(text), say("settings.phone.malformed"))
    .transform((text) => text === "" ? null : text),
  language: z.string().refine(isLocale, say("settings.language.unknown")),
  // A box without a tick is not sent.
  helpful: z.string().optional().transform((value) => value !== undefined),
  helpfulShown: z.enum(["yes", "no"]).transform((value) => value === "yes"),
});

/** A number as the people of a country write it. */
export function examplePhone(countryCode: string): string {
  return countryCode === "MK" ? "+389 70 123 456" : "+383 44 123 456";
}

/** Whether a text is a telephone number. */
export function isPhone(text: string): boolean {
  const digits = text.replace(/\D/g, "").length;
  return PHONE.test(text) && digits >= 6 && digits <= 15;
}

/**
 * What of the form is a change.
 *
 * @param form The checked form.
 */
export function changeOf(form: z.infer<typeof SettingsForm>): SettingsChange {
  return {
    fullName: form.name,
    phone: form.phone,
    locale: form.language as Locale,
    helpful: form.helpful === form.helpfulShown ? null : form.helpful,
  };
}

/**
 * A member's settings.
 *
 * @param tx A transaction in the member's name.
 * @param userId The member.
 */
export async function readSettings(tx: Transaction, userId: string): Promise<Settings | null> {
  const [row] = await tx<Settings[]>`
    select full_name, phone, locale, marketing_opt_out_at is null as helpful
    from public.profiles
    where id = ${userId}`;
  return row ?? null;
}

/**
 * Changes a member's settings; the database notes in the audit log what changed.
 *
 * @param tx A transaction in the member's name.
 * @param userId The member.
 * @param change What they want.
 * @returns Whether there is such a member.
 */
export async function changeSettings(
  tx: Transaction,
  userId: string,
  { fullName, phone, locale, helpful }: SettingsChange,
): Promise<boolean> {
  const rows = await tx`
    update public.profiles
    set full_name = ${fullName}, phone = ${phone}, locale = ${locale}
      ${
    helpful === null
      ? tx``
      : tx`, marketing_opt_out_at = ${helpful ? null : tx`coalesce(marketing_opt_out_at, now())`}`
  }
    where id = ${userId}
    returning id`;
  return rows.length > 0;
}
