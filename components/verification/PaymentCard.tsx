import type { Attempt } from "@core/agents/cash.ts";
import type { I18n, Locale } from "@core/platform/i18n.ts";
import type { Problem, Typed } from "../../site/forms.ts";
import { Badge } from "../Badge.tsx";
import { type Fact, Facts } from "../Card.tsx";
import { DateTime } from "../DateTime.tsx";
import { Moment } from "../Moment.tsx";
import { Money } from "../Money.tsx";
import { Notice } from "../Notice.tsx";
import { PaymentActs } from "./PaymentActs.tsx";
import { ATTEMPT_TONES } from "./words.ts";

/** Props of {@linkcode PaymentCard}. */
export interface PaymentCardProps {
  readonly i18n: I18n;
  readonly locale: Locale;
  readonly attempt: Attempt;
  /** Whether it stands on the page of its lead, which names the lead above and shows the receipt. */
  readonly onLeadPage: boolean;
  /** What was typed a moment ago, and what is wrong with it. */
  readonly typed: Typed;
  readonly problems: readonly Problem[];
}

/** A payment by hand: what the agent says, the receipt, and what is to be decided. */
export function PaymentCard(props: PaymentCardProps) {
  const { i18n, locale, attempt, onLeadPage, typed, problems } = props;
  const { t } = i18n;
  const isWaiting = attempt.status === "pending" || attempt.status === "needs_info";
  return (
    <article
      class="payment"
      data-testid="cash-verification-row"
      data-attempt={attempt.id}
      data-status={attempt.status}
    >
      <header class="payment-head">
        <div>
          {onLeadPage
            ? (
              <h3>
                <DateTime i18n={i18n} when={attempt.createdAt} />
              </h3>
            )
            : (
              <h2>
                <a href={`/${locale}/admin/leads/${attempt.leadId}`}>{attempt.leadName}</a>
              </h2>
            )}
          <p class="fine breakable">
            {attempt.planName ?? "–"}
            {!onLeadPage && ` · ${attempt.leadEmail}`}
          </p>
        </div>
        <div>
          <p class="payment-sum">
            <Money i18n={i18n} cents={attempt.amountCents} currency={attempt.currency} />
          </p>
          <Badge tone={ATTEMPT_TONES[attempt.status]} text={t(`payments.${attempt.status}`)} />
        </div>
      </header>
      {attempt.isResubmission && isWaiting && attempt.verificationNote && (
        <Notice kind="info" title={t("payments.again")}>
          <p>{attempt.verificationNote}</p>
        </Notice>
      )}
      {isWaiting && (attempt.proofUsedBefore || attempt.receiptUsedBefore) && (
        <Notice kind="warning">
          {attempt.proofUsedBefore && <p>{t("payments.proof.used")}</p>}
          {attempt.receiptUsedBefore && <p>{t("payments.receipt.used")}</p>}
        </Notice>
      )}
      <Facts facts={factsOf(attempt, i18n)} />
      {onLeadPage && isPicture(attempt) && (
        <p>
          <img
            class="proof-picture"
            src={`/api/payment-proofs/${attempt.proofId}`}
            alt={t("payments.proof.alt")}
            loading="lazy"
          />
        </p>
      )}
      {isWaiting && attempt.isOwn && (
        <Notice kind="info">
          <p>{t("payments.refused.own_lead")}</p>
        </Notice>
      )}
      {isWaiting && !attempt.isOwn && (
        <PaymentActs
          i18n={i18n}
          locale={locale}
          attempt={attempt}
          back={onLeadPage ? "lead" : "list"}
          typed={typed}
          problems={problems}
        />
      )}
    </article>
  );
}

/** What browsers show inside a page. */
const SHOWN: readonly string[] = ["image/jpeg", "image/png", "image/webp"];

function isPicture({ proofId, proofType, proofSize }: Attempt): boolean {
  return proofId !== null && proofSize !== null && SHOWN.includes(proofType ?? "");
}

function factsOf(attempt: Attempt, i18n: I18n): Fact[] {
  const { t } = i18n;
  const { status, verificationNote } = attempt;
  const facts: (Fact | false)[] = [
    { name: t("role.agent"), value: attempt.agentName ?? "–" },
    attempt.branchName !== null && { name: t("desk.branch"), value: attempt.branchName },
    {
      name: t("payments.received_at"),
      value: <DateTime i18n={i18n} when={attempt.receivedAt} />,
    },
    { name: t("payments.receipt"), value: attempt.receiptNumber ?? "–" },
    { name: t("payments.proof"), value: <Proof i18n={i18n} attempt={attempt} /> },
    { name: t("payments.sent"), value: <Moment i18n={i18n} when={attempt.createdAt} /> },
    attempt.resubmittedAt !== null && {
      name: t("payments.sent_again"),
      value: <Moment i18n={i18n} when={attempt.resubmittedAt} />,
    },
    attempt.note !== null && attempt.note !== "" &&
    { name: t("payments.note"), value: attempt.note },
    attempt.verifiedAt !== null && {
      // Handed in again, it waits for a decision that nobody has made yet.
      name: t(
        status === "needs_info" || status === "pending"
          ? "payments.asked_by"
          : "payments.decided_by",
      ),
      value: (
        <>
          {attempt.verifierName ?? "–"}, <Moment i18n={i18n} when={attempt.verifiedAt} />
        </>
      ),
    },
    verificationNote !== null && verificationNote !== "" && status !== "pending" &&
    {
      name: t(status === "needs_info" ? "payments.question" : "payments.why"),
      value: verificationNote,
    },
  ];
  return facts.filter((fact) => fact !== false);
}

function Proof({ i18n, attempt }: { readonly i18n: I18n; readonly attempt: Attempt }) {
  const { proofId, proofName, proofSize } = attempt;
  if (proofId === null) return <>{i18n.t("payments.proof.none")}</>;
  if (proofSize === null) return <>{i18n.t("payments.proof.erased")}</>;
  return (
    <a
      class="breakable"
      href={`/api/payment-proofs/${proofId}`}
      target="_blank"
      rel="noopener"
      data-testid="cash-proof"
    >
      {proofName ?? i18n.t("payments.proof.alt")}
    </a>
  );
}
