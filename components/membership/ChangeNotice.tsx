import { Head } from "fresh/runtime";
import type { I18n } from "@core/platform/i18n.ts";
import type { ActOutcome } from "../../site/membership_acts.ts";
import type { Change } from "../../site/membership_page.ts";
import { Notice } from "../Notice.tsx";

/** Seconds after which the page asks again whether Paddle's event has arrived. */
const ASK_AGAIN = 3;

/** Props of {@linkcode ChangeNotice}. */
export interface ChangeNoticeProps {
  readonly i18n: I18n;
  readonly change: Change;
  /** Whether the database knows of it. */
  readonly arrived: boolean;
  /** Whether the membership is over, and not only cancelled for later. */
  readonly ended: boolean;
}

/** What became of the act that the member comes from. While it is on its way, the page asks again. */
export function ChangeNotice({ i18n, change, arrived, ended }: ChangeNoticeProps) {
  const { t } = i18n;
  if (!arrived) {
    return (
      <>
        <Head>
          <meta http-equiv="refresh" content={`${ASK_AGAIN}`} />
        </Head>
        <Notice kind="info" title={t("membership.pending.title")}>
          <p>{t("membership.pending.text")}</p>
        </Notice>
      </>
    );
  }
  return (
    <Notice kind="good" title={t(`membership.changed.${change.act}.title`)}>
      <p>
        {t(
          ended && change.act === "cancel"
            ? "membership.changed.cancel.now"
            : `membership.changed.${change.act}.text`,
        )}
      </p>
    </Notice>
  );
}

/** Why an act failed; where it did, nothing was changed. */
export type Failure = Extract<ActOutcome, { kind: "failed" }>["why"] | "unfinished";

/** Says that an act failed, that nothing was changed, and what to do. */
export function FailureNotice({ i18n, why }: { readonly i18n: I18n; readonly why: Failure }) {
  return (
    <Notice kind="problem" title={i18n.t(`membership.failed.${why}.title`)}>
      <p>{i18n.t(`membership.failed.${why}.text`)}</p>
    </Notice>
  );
}
