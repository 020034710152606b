/** What administrators set for a country: hours and service times, and how it is reached. */
import { z } from "zod";
import type { Transaction } from "@core/platform/database.ts";
import type { MessageKey } from "@core/platform/i18n.ts";
import { emailField } from "./account_forms.ts";
import type { AuditLine } from "./webhook_events.ts";

/** The settings of a country. */
export interface TenantSettings {
  readonly supportEmail: string;
  readonly supportPhone: string;
  /** Name of the sender of mails about a failed payment; null for the brand's. */
  readonly graceSenderName: string | null;
  /** `08:00`, in the country's time. */
  readonly opensAt: string;
  readonly closesAt: string;
  readonly timeZone: string;
  /** Operating hours. */
  readonly triageHours: number;
  readonly updateHours: number;
  readonly triageWarningHours: number;
  readonly updateWarningHours: number;
}

const say = (key: MessageKey) => key;

const time = z.string(say("administration.time.malformed")).trim()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, say("administration.time.malformed"));

/** Hours as people type them, with a point or a comma. */
function hours(min: number) {
  return z.string(say("administration.hours.malformed")).transform((text, ctx) => {
    const value = Number(text.trim().replace(",", "."));
    if (text.trim() !== "" && value >= min && value <= 240) return Math.round(value * 100) / 100;
    ctx.addIssue({ code: "custom", message: say("administration.hours.malformed") });
    return z.NEVER;
  });
}

/** A telephone number with its country, as the database wants it. */
export const supportPhone = z.string(say("administration.phone.malformed")).trim()
  .regex(/^\+[1-9][0-9 ()/-]{4,28}[0-9]$/, say("administration.phone.malformed"));

/** Whose name stands before an address: nothing that could end it or add another. */
const senderName = z.string().default("").transform((text) => text.trim())
  .refine((text) => text.length <= 60, say("administration.sender.malformed"))
  .refine(
    (text) => !/[\p{Cc}"<>@\\]/u.test(text),
    say("administration.sender.malformed"),
  );

/** The two forms of the page. */
export const SettingsForm = z.discriminatedUnion("do", [
  z.object({
    do: z.literal("hours"),
    opens: time,
    closes: time,
    triage: hours(0.25),
    update: hours(0.25),
    "triage_warning": hours(0),
    "update_warning": hours(0),
  }).refine(({ opens, closes }) => opens < closes, {
    path: ["closes"],
    message: say("administration.closes.early"),
  }),
  z.object({
    do: z.literal("support"),
    email: emailField,
    phone: supportPhone,
    sender: senderName,
  }),
]);

/**
 * The settings of a country.
 *
 * @param tx A transaction in an administrator's name.
 * @param tenantId The country.
 */
export async function readTenantSettings(
  tx: Transaction,
  tenantId: string,
): Promise<TenantSettings | null> {
  const [row] = await tx<TenantSettings[]>`
    select t.support_email, t.support_phone, t.grace_sender_name,
           to_char(s.opens_at, 'HH24:MI') as opens_at, to_char(s.closes_at, 'HH24:MI') as closes_at,
           s.time_zone, s.triage_hours::float8, s.update_hours::float8,
           s.triage_warning_hours::float8, s.update_warning_hours::float8
    from public.tenants as t
    join public.tenant_service_times as s on s.tenant_id = t.id
    where t.id = ${tenantId}`;
  return row ?? null;
}

/**
 * Saves one of the forms; the database writes to the audit log what changed.
 *
 * @param tx A transaction in an administrator's name.
 * @param tenantId The country.
 * @param form What was typed.
 */
export async function saveTenantSettings(
  tx: Transaction,
  tenantId: string,
  form: z.infer<typeof SettingsForm>,
): Promise<void> {
  if (form.do === "support") {
    await tx`
      select private.save_support(${tenantId}, ${form.email}, ${form.phone}, ${form.sender})`;
    return;
  }
  await tx`
    update public.tenant_service_times
    set opens_at = ${form.opens}::time, closes_at = ${form.closes}::time,
        triage_hours = ${form.triage}::numeric, update_hours = ${form.update}::numeric,
        triage_warning_hours = ${form.triage_warning}::numeric,
        update_warning_hours = ${form.update_warning}::numeric
    where tenant_id = ${tenantId}
      and (opens_at, closes_at, triage_hours, update_hours, triage_warning_hours,
           update_warning_hours)
        is distinct from (${form.opens}::time, ${form.closes}::time, ${form.triage}::numeric,
           ${form.update}::numeric, ${form.triage_warning}::numeric, ${form.update_warning}::numeric)`;
}

/**
 * The latest changes of something that administrators set.
 *
 * @param tx A transaction in an administrator's name.
 * @param tenantId The country.
 * @param actions Which acts.
 * @param entityId Of which thing; null for all.
 */
export async function readChangesBy(
  tx: Transaction,
  tenantId: string,
  actions: readonly string[],
  entityId: string | null = null,
): Promise<AuditLine[]> {
  return await tx<AuditLine[]>`
    select a.id, a.action, a.actor_role, nullif(p.full_name, '') as actor_name, a.entity_type,
           a.entity_id, a.metadata, a.created_at
    from public.audit_log as a
    left join public.profiles as p on p.id = a.actor_id
    where a.tenant_id = ${tenantId} and a.action = any (${tx.array([...actions])}::text[])
      ${entityId === null ? tx`` : tx`and a.entity_id = ${entityId}`}
    order by a.seq desc
    limit 10`;
}
