import type { TenantFacts } from "@core/identity/tenants.ts";
import { Icon } from "./Icon.tsx";

/** An address for `tel:` links: digits and a leading plus. */
export function phoneHref(phone: string): string {
  return `tel:${phone.replace(/[^+\d]/g, "")}`;
}

/** Phone and mail of a tenant's support line. */
export function ContactLines({ tenant }: { readonly tenant: TenantFacts }) {
  const { supportPhone: phone, supportEmail: email } = tenant;
  return (
    <ul class="contact-lines">
      {phone && (
        <li>
          <Icon name="phone" size={20} />
          <a href={phoneHref(phone)}>{phone}</a>
        </li>
      )}
      {email && (
        <li>
          <Icon name="mail" size={20} />
          <a href={`mailto:${email}`}>{email}</a>
        </li>
      )}
    </ul>
  );
}

/** The tenant's mail address as a link, or nothing. */
export function SupportMail({ tenant }: { readonly tenant: TenantFacts }) {
  const email = tenant.supportEmail;
  return email ? <a href={`mailto:${email}`}>{email}</a> : null;
}
