import type { I18n, Locale } from "@core/platform/i18n.ts";
import SubmitOnce from "../../islands/SubmitOnce.tsx";
import { buttonClass, type ButtonKind } from "../Button.tsx";

/** Props of {@linkcode ActForm}. */
export interface ActFormProps {
  readonly i18n: I18n;
  readonly locale: Locale;
  readonly act: "cancel" | "withdraw" | "payment";
  readonly subscriptionId: string;
  /** What the button says. */
  readonly text: string;
  readonly kind: ButtonKind;
  readonly large?: boolean;
  /** Page below the membership page that takes the form; the page itself if left out. */
  readonly at?: string;
}

/** One button that does something about a membership. */
export function ActForm(props: ActFormProps) {
  const { i18n, locale, act, subscriptionId, text, kind, large, at = "" } = props;
  return (
    <form method="post" action={`/${locale}/member/membership${at}`}>
      <input type="hidden" name="act" value={act} />
      <input type="hidden" name="subscription" value={subscriptionId} />
      <SubmitOnce
        text={text}
        busyText={i18n.t("form.busy")}
        class={buttonClass(kind, large)}
        testId={`membership-${act}`}
      />
    </form>
  );
}
