import type { I18n } from "@core/platform/i18n.ts";
import type { CommonFacts } from "../facts.ts";
import { oneLine } from "../people.ts";
import { COLOUR, FONT, SMALL, WITHIN } from "./theme.ts";

/** Props of {@linkcode Footer}. */
export interface FooterProps {
  readonly i18n: I18n;
  readonly tenant: CommonFacts["tenant"];
  readonly why: string;
  /** Where such mails are declined; null for mails that cannot be. */
  readonly unsubscribe: string | null;
}

const WAY = `font-family:${FONT};font-size:16px;line-height:26px;${WITHIN};color:${COLOUR.ink}`;
const LINK = `color:${COLOUR.link};text-decoration:underline;font-weight:600`;

/** Who to ask, why the mail came, how to decline such mails, and who sent it. */
export function Footer({ i18n, tenant, why, unsubscribe }: FooterProps) {
  const { supportPhone: phone, supportEmail: email } = tenant;
  return (
    <>
      {(phone !== null || email !== null) && (
        <p class="m-ink" style={`margin:0;${WAY};font-weight:700`}>{i18n.t("mail.contact")}</p>
      )}
      {phone !== null && (
        <p class="m-ink" style={`margin:0;${WAY}`}>
          <a class="m-link" href={phoneAddress(phone)} style={LINK}>{unbroken(phone)}</a>
        </p>
      )}
      {email !== null && (
        <p class="m-ink" style={`margin:0 0 14px;${WAY}`}>
          <a class="m-link" href={`mailto:${email}`} style={LINK}>{email}</a>
        </p>
      )}
      <p class="m-ink-soft" style={`margin:0 0 10px;${SMALL}`}>
        {why}
        {unsubscribe !== null && (
          <>
            {" "}
            <a
              class="m-link"
              href={unsubscribe}
              style={`color:${COLOUR.link};text-decoration:underline`}
            >
              {i18n.t("mail.unsubscribe")}
            </a>
          </>
        )}
      </p>
      <p class="m-ink-soft" style={`margin:0;${SMALL}`}>{oneLine(tenant.legalName)}</p>
    </>
  );
}

/** A `tel:` address: digits and a leading plus. */
function phoneAddress(phone: string): string {
  return `tel:${phone.replace(/[^+\d]/g, "")}`;
}

function unbroken(phone: string): string {
  return oneLine(phone).replaceAll(" ", "\u00a0");
}
