import type { I18n } from "@core/platform/i18n.ts";
import SubmitOnce from "../../islands/SubmitOnce.tsx";
import type { Problem } from "../../site/forms.ts";
import { InputField } from "./steps.tsx";

/** Props of {@linkcode PinForm}. */
export interface PinFormProps {
  readonly i18n: I18n;
  readonly action: string;
  /** Whether the one typed before was wrong. */
  readonly wrong: boolean;
}

/** Asks the recipient of a link for its PIN. */
export function PinForm({ i18n, action, wrong }: PinFormProps) {
  const { t } = i18n;
  const problems: Problem[] = wrong ? [{ field: "pin", key: "share.pin.wrong" }] : [];
  return (
    <>
      <h1>{t("share.page.pin.title")}</h1>
      <p class="lead">{t("share.page.pin.text")}</p>
      <form method="post" action={action} class="form" novalidate data-testid="pin-form">
        <InputField
          i18n={i18n}
          name="pin"
          label={t("share.page.pin")}
          hint={t("share.page.pin.hint")}
          problems={problems}
        >
          {(described) => (
            <input
              id="pin"
              name="pin"
              type="text"
              inputMode="numeric"
              autocomplete="one-time-code"
              class="input-short"
              maxLength={20}
              required
              {...described}
            />
          )}
        </InputField>
        <div>
          <SubmitOnce
            text={t("share.page.pin.button")}
            busyText={t("form.busy")}
            class="button button-primary"
          />
        </div>
      </form>
    </>
  );
}
