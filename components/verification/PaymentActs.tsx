import type { Attempt } from "@core/agents/cash.ts";
import type { I18n, Locale } from "@core/platform/i18n.ts";
import SubmitOnce from "../../islands/SubmitOnce.tsx";
import type { Problem, Typed } from "../../site/forms.ts";
import { type Decision, NOTE_MAX, noteField } from "../../site/verification.ts";
import { buttonClass } from "../Button.tsx";
import { TextArea } from "../TextArea.tsx";

/** Props of {@linkcode PaymentActs}. */
export interface PaymentActsProps {
  readonly i18n: I18n;
  readonly locale: Locale;
  readonly attempt: Attempt;
  /** Where the decision leads back to. */
  readonly back: "list" | "lead";
  readonly typed: Typed;
  readonly problems: readonly Problem[];
}

const TEST_IDS = { ask: "cash-needs-info", reject: "cash-reject" } as const;

/** What may be decided about a payment: approve at once, ask and reject with a note for the agent. */
export function PaymentActs(props: PaymentActsProps) {
  const { i18n, locale, attempt, back } = props;
  const { t } = i18n;
  const action = `/${locale}/admin/leads/payments/${attempt.id}`;
  return (
    <div class="payment-acts">
      <form method="post" action={action}>
        <input type="hidden" name="do" value="approve" />
        <input type="hidden" name="back" value={back} />
        <SubmitOnce
          text={t("payments.approve")}
          busyText={t("form.busy")}
          class={buttonClass("primary")}
          testId="cash-approve"
        />
      </form>
      <WithNote {...props} decision="ask" action={action} />
      <WithNote {...props} decision="reject" action={action} />
    </div>
  );
}

interface WithNoteProps extends PaymentActsProps {
  readonly decision: Exclude<Decision, "approve">;
  readonly action: string;
}

function WithNote(props: WithNoteProps) {
  const { i18n, attempt, back, typed, problems, decision, action } = props;
  const { t } = i18n;
  const field = noteField(decision, attempt.id);
  return (
    <details open={typed[field] !== undefined}>
      <summary class={buttonClass("secondary")} data-testid={TEST_IDS[decision]}>
        {t(`payments.${decision}`)}
      </summary>
      <form method="post" action={action} class="form">
        <input type="hidden" name="do" value={decision} />
        <input type="hidden" name="back" value={back} />
        <TextArea
          i18n={i18n}
          name={field}
          label={t(`payments.${decision}.note`)}
          hint={t(`payments.${decision}.hint`)}
          value={typed[field]}
          rows={3}
          maxLength={NOTE_MAX}
          problems={problems}
        />
        <div class="actions">
          <SubmitOnce
            text={t(`payments.${decision}.send`)}
            busyText={t("form.busy")}
            class={buttonClass("primary")}
            testId={`${TEST_IDS[decision]}-send`}
          />
        </div>
      </form>
    </details>
  );
}
