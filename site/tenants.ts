/** The countries, for super admins. */
import { z } from "zod";
import type { Transaction } from "@core/platform/database.ts";
import { type Locale, LOCALES, type MessageKey } from "@core/platform/i18n.ts";
import { emailField } from "./account_forms.ts";
import { shownName } from "./branch_settings.ts";
import { supportPhone } from "./tenant_settings.ts";

/** A country with what belongs to it. */
export interface TenantRow {
  readonly id: string;
  readonly name: string;
  readonly legalName: string;
  readonly countryCode: string;
  readonly currency: string;
  readonly defaultLocale: Locale;
  readonly hosts: readonly string[];
  readonly timeZone: string;
  readonly isDefault: boolean;
  readonly isActive: boolean;
  readonly people: number;
  readonly members: number;
  readonly branches: number;
}

const say = (key: MessageKey) => key;

const hosts = z.string().default("")
  .transform((text) => text.toLowerCase().split(/[\s,]+/).filter((host) => host !== ""))
  .refine(
    (list) => list.every((host) => /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(host)),
    say("tenants.hosts.malformed"),
  );
const zone = z.string(say("tenants.zone.malformed")).trim()
  .regex(/^([A-Z][A-Za-z_]*(\/[A-Z][A-Za-z_]*)+|UTC)$/, say("tenants.zone.malformed"));

/** The form of a country. */
export const TenantForm = z.object({
  name: shownName,
  "legal_name": shownName,
  locale: z.enum(LOCALES, say("settings.language.unknown")),
  zone,
  hosts,
  active: z.string().optional().transform((value) => value !== undefined),
});

/** The form of a new country; its fields in the order of the page, as what is wrong is told. */
export const NewTenantForm = z.object({
  id: z.string(say("tenants.id.malformed")).trim().toLowerCase()
    .regex(/^[a-z][a-z0-9_-]{1,30}$/, say("tenants.id.malformed")),
  country: z.string(say("tenants.country.malformed")).trim().toUpperCase()
    .regex(/^[A-Z]{2}$/, say("tenants.country.malformed")),
  ...TenantForm.shape,
  email: emailField,
  phone: supportPhone,
});

/** All countries, the open ones first. */
export async function readTenantRows(tx: Transaction): Promise<TenantRow[]> {
  return await tx<TenantRow[]>`
    select t.id, t.name, t.legal_name, t.country_code, t.currency, t.default_locale, t.hosts,
           t.time_zone, t.is_default, t.is_active,
           (
             select count(*) from public.profiles as p
             where p.tenant_id = t.id and p.role <> 'member' and p.is_active
           ) as people,
           (
             select count(*) from public.profiles as p where p.tenant_id = t.id and p.role = 'member'
           ) as members,
           (select count(*) from public.branches as b where b.tenant_id = t.id) as branches
    from public.tenants as t
    order by t.is_active desc, t.name`;
}

/** One country, or null if there is none for the reader. */
export async function readTenantRow(tx: Transaction, id: string): Promise<TenantRow | null> {
  return (await readTenantRows(tx)).find((tenant) => tenant.id === id) ?? null;
}

/** Adds a country, hidden at first. */
export async function createTenant(
  tx: Transaction,
  form: z.infer<typeof NewTenantForm>,
): Promise<void> {
  await tx`
    select private.create_tenant(
      ${form.id}, ${form.name}, ${form.legal_name}, ${form.country}, ${form.locale}, ${form.zone},
      ${tx.array([...form.hosts])}::text[], ${form.email}, ${form.phone}
    )`;
}

/** Changes a country, or hides it. */
export async function changeTenant(
  tx: Transaction,
  id: string,
  form: z.infer<typeof TenantForm>,
): Promise<void> {
  await tx`
    select private.change_tenant(
      ${id}, ${form.name}, ${form.legal_name}, ${form.locale}, ${form.zone},
      ${tx.array([...form.hosts])}::text[], ${form.active}
    )`;
}
