import { MOST } from "@core/claims/claim.ts";
import SubmitOnce from "../../islands/SubmitOnce.tsx";
import { buttonClass } from "../Button.tsx";
import { MessageForm } from "../claims/MessageForm.tsx";
import { Icon } from "../Icon.tsx";
import { TextArea } from "../TextArea.tsx";
import { type DeskProps, triedOf } from "./desk.ts";
import { FormProblem } from "./FormProblem.tsx";

/** Writes to the member: a message, or the wish for a paper. */
export function WriteCard({ i18n, desk, again, here }: DeskProps) {
  const { t } = i18n;
  const name = desk.member?.fullName || t("role.member");
  const message = triedOf(again, "message");
  const ask = triedOf(again, "ask");
  const language = desk.member?.locale;
  const hint = language && language !== i18n.locale
    ? t("staff.message.language", { language: t(`staff.language.${language}`) })
    : t("staff.message.hint");
  return (
    <section class="card" aria-label={t("staff.message.label", { name })}>
      <FormProblem i18n={i18n} problems={message.problems} />
      <MessageForm
        i18n={i18n}
        action={here}
        messageId={message.typed["id"] ?? crypto.randomUUID()}
        label={t("staff.message.label", { name })}
        hint={hint}
        send={t("claim.message.send")}
        typed={message.typed}
        problems={message.problems}
      />
      <details class="more" id="ask" open={ask.problems.length > 0}>
        <summary data-testid="ask-open">
          <Icon name="paper" size={20} />
          {t("staff.ask")}
        </summary>
        <form method="post" action={`${here}#ask`} class="form" novalidate>
          <input type="hidden" name="act" value="ask" />
          <input type="hidden" name="id" value={ask.typed["id"] ?? crypto.randomUUID()} />
          <FormProblem i18n={i18n} problems={ask.problems} />
          <TextArea
            i18n={i18n}
            label={t("staff.ask.label")}
            hint={t("staff.ask.hint")}
            name="wanted"
            rows={2}
            maxLength={MOST.message}
            value={ask.typed["wanted"]}
            problems={ask.problems}
          />
          <div>
            <SubmitOnce
              text={t("staff.ask.button")}
              busyText={t("form.busy")}
              class={buttonClass("secondary")}
              testId="ask-send"
            />
          </div>
        </form>
      </details>
    </section>
  );
}
