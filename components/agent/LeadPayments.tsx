import type { Attempt } from "@core/agents/cash.ts";
import type { I18n } from "@core/platform/i18n.ts";
import SubmitOnce from "../../islands/SubmitOnce.tsx";
import { Badge, type BadgeTone } from "../Badge.tsx";
import { buttonClass, ButtonLink } from "../Button.tsx";
import { type Fact, Facts } from "../Card.tsx";
import { DateTime } from "../DateTime.tsx";
import { Money } from "../Money.tsx";
import { Notice } from "../Notice.tsx";

/** Props of {@linkcode LeadPayments}. */
export interface LeadPaymentsProps {
  readonly i18n: I18n;
  /** The lead's page, which takes the forms. */
  readonly here: string;
  /** The latest first. */
  readonly attempts: readonly Attempt[];
  /** Whether a payment may be registered now. */
  readonly mayPay: boolean;
}

const TONES: Readonly<Record<Attempt["status"], BadgeTone>> = {
  pending: "warning",
  "needs_info": "bad",
  succeeded: "good",
  rejected: "bad",
  failed: "bad",
  canceled: "neutral",
};

/** The cash that was taken, where each payment stands, and what to do about it. */
export function LeadPayments({ i18n, here, attempts, mayPay }: LeadPaymentsProps) {
  const { t } = i18n;
  return (
    <section class="card" id="payment" aria-labelledby="payment-title">
      <h2 class="card-title" id="payment-title">{t("agent.cash.title")}</h2>
      {attempts.length === 0 && <p>{t("agent.cash.none")}</p>}
      {attempts.map((attempt) => (
        <Payment key={attempt.id} i18n={i18n} here={here} attempt={attempt} />
      ))}
      {mayPay && (
        <div>
          <ButtonLink href={`${here}/payment`} large>{t("agent.cash.register")}</ButtonLink>
        </div>
      )}
    </section>
  );
}

function Payment(
  { i18n, here, attempt }: Pick<LeadPaymentsProps, "i18n" | "here"> & {
    readonly attempt: Attempt;
  },
) {
  const { t } = i18n;
  const { status, verificationNote: words } = attempt;
  const isOpen = status === "pending" || status === "needs_info";
  const facts: Fact[] = [
    { name: t("membership.facts.plan"), value: attempt.planName },
    { name: t("agent.cash.received"), value: <DateTime i18n={i18n} when={attempt.receivedAt} /> },
    { name: t("agent.cash.receipt"), value: attempt.receiptNumber },
    {
      name: t("agent.cash.proof"),
      value: attempt.proofId && (
        <a href={`/api/payment-proofs/${attempt.proofId}`}>{attempt.proofName}</a>
      ),
    },
    { name: t("agent.cash.note"), value: attempt.note },
  ];
  return (
    <article class="payment" data-testid="lead-payment" data-status={status}>
      <p class="payment-line">
        <strong>
          <Money i18n={i18n} cents={attempt.amountCents} currency={attempt.currency} />
        </strong>
        <Badge tone={TONES[status]} text={t(`agent.cash.status.${status}`)} />
      </p>
      {words && (
        <Notice kind={status === "needs_info" ? "warning" : "info"}>
          <p>{t("agent.cash.answer")}</p>
          <p class="entry-text">{words}</p>
        </Notice>
      )}
      <Facts facts={facts.filter(({ value }) => value !== null && value !== "")} />
      {status === "pending" && <p class="fine">{t("agent.cash.waits")}</p>}
      {isOpen && (
        <div class="actions">
          {status === "needs_info" && (
            <ButtonLink href={`${here}/payment`} large>{t("agent.cash.resend")}</ButtonLink>
          )}
          <details class="more">
            <summary data-testid="cash-cancel-open">{t("agent.cash.cancel")}</summary>
            <form method="post" action={`${here}#payment`} class="stack">
              <input type="hidden" name="act" value="cancel" />
              <input type="hidden" name="attempt" value={attempt.id} />
              <p>{t("agent.cash.cancel.text")}</p>
              <SubmitOnce
                text={t("agent.cash.cancel.button")}
                busyText={t("form.busy")}
                class={buttonClass("secondary")}
                testId="cash-cancel"
              />
            </form>
          </details>
        </div>
      )}
    </article>
  );
}
