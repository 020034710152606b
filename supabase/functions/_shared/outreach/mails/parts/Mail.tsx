import type { I18n } from "@core/platform/i18n.ts";
import type { CommonFacts } from "../facts.ts";
import type { Letter } from "../letter.ts";
import { oneLine } from "../people.ts";
import { Band } from "./Band.tsx";
import { Blocks } from "./Blocks.tsx";
import { Footer } from "./Footer.tsx";
import { COLOUR, FONT, TEXT } from "./theme.ts";

/** Props of {@linkcode Mail}. */
export interface MailProps {
  readonly i18n: I18n;
  readonly letter: Letter;
  readonly tenant: CommonFacts["tenant"];
  readonly greeting: string;
  readonly unsubscribe: string | null;
}

/** Keeps what follows the preheader out of the inbox's preview line. */
const FILLER = "\u034f\u200c\u00a0".repeat(60);

/** The one layout of all mails. */
export function Mail({ i18n, letter, tenant, greeting, unsubscribe }: MailProps) {
  return (
    // Gmail drops the document's own element, and its language with it.
    <div class="m-page" lang={i18n.tag} dir="ltr" style={`background-color:${COLOUR.page}`}>
      <div
        aria-hidden="true"
        style={`display:none;max-height:0;max-width:0;overflow:hidden;opacity:0;font-size:1px;line-height:1px;color:${COLOUR.page};mso-hide:all`}
      >
        {letter.preheader}
        {FILLER}
      </div>
      <table
        role="none"
        class="m-page"
        style={`border-collapse:collapse;width:100%;table-layout:fixed;background-color:${COLOUR.page}`}
      >
        <tbody>
          <tr>
            <td style="padding:28px 10px;text-align:center;vertical-align:top">
              <table
                role="none"
                style="border-collapse:separate;border-spacing:0;width:600px;max-width:100%;margin:0 auto;text-align:left"
              >
                <tbody>
                  <tr>
                    <td style="padding:0">
                      <Band name={i18n.t("site.name")} />
                    </td>
                  </tr>
                  <tr>
                    <td
                      class="m-surface m-pad"
                      style={`padding:34px 40px 26px;background-color:${COLOUR.surface};border-radius:0 0 20px 20px`}
                    >
                      <p
                        class="m-ink-soft"
                        style={`margin:0 0 8px;${TEXT};color:${COLOUR.inkSoft}`}
                      >
                        {greeting}
                      </p>
                      <h1
                        class="m-ink m-title"
                        style={`margin:0 0 18px;font-family:${FONT};font-size:28px;line-height:36px;font-weight:700;color:${COLOUR.ink}`}
                      >
                        {letter.title}
                      </h1>
                      <Blocks blocks={letter.blocks} />
                      <p class="m-ink" style={`margin:26px 0 0;${TEXT}`}>
                        {i18n.t("mail.regards")}
                      </p>
                      <p class="m-ink" style={`margin:0 0 12px;${TEXT};font-weight:700`}>
                        {oneLine(tenant.name)}
                      </p>
                    </td>
                  </tr>
                  <tr>
                    <td class="m-pad" style="padding:24px 40px 8px">
                      <Footer
                        i18n={i18n}
                        tenant={tenant}
                        why={i18n.t(letter.why)}
                        unsubscribe={unsubscribe}
                      />
                    </td>
                  </tr>
                </tbody>
              </table>
            </td>
          </tr>
        </tbody>
      </table>
    </div>
  );
}
