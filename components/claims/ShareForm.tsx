import type { DocumentEntry } from "@core/claims/timeline.ts";
import type { I18n } from "@core/platform/i18n.ts";
import SubmitOnce from "../../islands/SubmitOnce.tsx";
import type { Problem, Typed } from "../../site/forms.ts";
import { SHARE_DAYS } from "../../site/share_forms.ts";
import { Card } from "../Card.tsx";
import { Choice } from "../Choice.tsx";
import { Field } from "../Field.tsx";
import { Icon } from "../Icon.tsx";
import { InputField } from "./steps.tsx";
import { fileSize } from "./words.ts";

/** Props of {@linkcode ShareForm}. */
export interface ShareFormProps {
  readonly i18n: I18n;
  readonly action: string;
  /** Key of the link to be made. */
  readonly token: string;
  readonly documents: readonly DocumentEntry[];
  readonly typed: Typed;
  readonly problems: readonly Problem[];
}

/** Chooses documents and makes a link that hands them out. */
export function ShareForm({ i18n, action, token, documents, typed, problems }: ShareFormProps) {
  const { t } = i18n;
  const problem = problems.find(({ field }) => field === "documents");
  return (
    <Card title={t("share.form.title")}>
      {documents.length === 0
        ? <p>{t("share.form.none")}</p>
        : (
          <form method="post" action={action} class="form" novalidate data-testid="share-form">
            <input type="hidden" name="act" value="share" />
            <input type="hidden" name="token" value={token} />
            <fieldset class={problem ? "field field-wrong" : "field"} id="documents">
              <legend class="field-name">{t("share.form.documents")}</legend>
              {problem && (
                <p class="field-problem" id="documents-problem">
                  <Icon name="warning" size={18} />
                  <span>{t(problem.key)}</span>
                </p>
              )}
              <div class="tick-list">
                {documents.map(({ id, name, fileSize: bytes }, at) => (
                  <div class="tick" key={id}>
                    <input
                      id={`document-${id}`}
                      name={`document-${id}`}
                      type="checkbox"
                      value="yes"
                      checked={typed[`document-${id}`] !== undefined}
                      autofocus={problem !== undefined && at === 0}
                      aria-describedby={problem ? "documents-problem" : undefined}
                    />
                    <label for={`document-${id}`} class="breakable">
                      {name} <span class="fine">{fileSize(i18n, bytes)}</span>
                    </label>
                  </div>
                ))}
              </div>
            </fieldset>
            <Field
              i18n={i18n}
              name="recipient"
              label={t("share.recipient")}
              hint={t("share.recipient.hint")}
              autocomplete="off"
              value={typed["recipient"]}
              maxLength={120}
              problems={problems}
              optional
            />
            <Choice
              i18n={i18n}
              name="days"
              label={t("share.days")}
              value={typed["days"] ?? "7"}
              options={SHARE_DAYS.map((days) => ({
                value: String(days),
                text: i18n.plural("share.day", days),
              }))}
              problems={problems}
            />
            <InputField
              i18n={i18n}
              name="pin"
              label={t("share.pin")}
              hint={t("share.pin.hint")}
              problems={problems}
            >
              {(described) => (
                <input
                  id="pin"
                  name="pin"
                  type="text"
                  inputMode="numeric"
                  autocomplete="off"
                  class="input-short"
                  maxLength={12}
                  value={typed["pin"] ?? ""}
                  {...described}
                />
              )}
            </InputField>
            <div>
              <SubmitOnce
                text={t("share.form.button")}
                busyText={t("form.busy")}
                class="button button-primary"
                testId="share-make"
              />
            </div>
          </form>
        )}
    </Card>
  );
}
