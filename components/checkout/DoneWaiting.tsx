import type { I18n } from "@core/platform/i18n.ts";
import { config } from "../../fresh.config.ts";
import CheckoutWait from "../../islands/CheckoutWait.tsx";
import { ButtonLink } from "../Button.tsx";

/** Props of {@linkcode DoneWaiting}. */
export interface DoneWaitingProps {
  readonly i18n: I18n;
  /** The support line's address. */
  readonly email: string | null;
  readonly transactionId: string | null;
  /** Where the browser asks for news. */
  readonly statusUrl: string;
  /** This page once more. */
  readonly again: string;
  /** When the waiting began, in milliseconds since 1970. */
  readonly since: number;
  /** Whether it has been going on for longer than usual. */
  readonly slow: boolean;
}

/** The payment has arrived, the membership has not yet. Works with and without JavaScript. */
export function DoneWaiting(props: DoneWaitingProps) {
  const { i18n, email, transactionId, since, slow } = props;
  const { t } = i18n;
  const { pollEvery, pollAtMost, slowAfter } = config.checkout;
  const slowTitle = t("done.slow.title");
  const slowText = t("done.slow.text", {
    email: email ?? "",
    transaction: transactionId ?? "",
  });
  return (
    <div class="empty">
      <CheckoutWait
        statusUrl={props.statusUrl}
        again={props.again}
        since={since}
        pollEvery={pollEvery}
        pollAtMost={pollAtMost}
        slowAfter={slowAfter}
        title={slow ? slowTitle : t("done.waiting.title")}
        text={slow ? slowText : t("done.waiting.text")}
        slowTitle={slowTitle}
        slowText={slowText}
      />
      <div class="actions">
        <ButtonLink href={props.again} kind="secondary">{t("done.reload")}</ButtonLink>
      </div>
    </div>
  );
}
