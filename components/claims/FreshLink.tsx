import type { I18n } from "@core/platform/i18n.ts";
import CopyLink from "../../islands/CopyLink.tsx";
import { Notice } from "../Notice.tsx";
import { Rich } from "../Rich.tsx";

/** Props of {@linkcode FreshLink}. */
export interface FreshLinkProps {
  readonly i18n: I18n;
  readonly href: string;
  /** What the recipient has to type; null for nothing. */
  readonly pin: string | null;
}

/** A link that was just made. It is shown this once: nobody stores it. */
export function FreshLink({ i18n, href, pin }: FreshLinkProps) {
  const { t } = i18n;
  return (
    <Notice kind="good" title={t("share.made.title")}>
      <p>{t("share.made.text")}</p>
      <p class="copyable" data-testid="fresh-link">{href}</p>
      {pin !== null && (
        <p>
          <Rich
            text={t("share.made.pin")}
            parts={{ pin: <strong class="number">{pin}</strong> }}
          />
        </p>
      )}
      <CopyLink text={href} copy={t("share.copy")} copied={t("share.copied")} />
    </Notice>
  );
}
