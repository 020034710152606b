import type { Attempt } from "@core/agents/cash.ts";
import type { I18n } from "@core/platform/i18n.ts";
import { CASH_MOST, PROOF_ACCEPT, PROOF_BOUNDS } from "../../site/cash_form.ts";
import type { Problem, Typed } from "../../site/forms.ts";
import type { OfferedPlan } from "../../site/plans.ts";
import { type Fact, Facts } from "../Card.tsx";
import { Choice } from "../Choice.tsx";
import { DateField } from "../DateField.tsx";
import { Field } from "../Field.tsx";
import { Icon } from "../Icon.tsx";
import { TextArea } from "../TextArea.tsx";
import { planOptions } from "./LeadFields.tsx";

/** Props of {@linkcode CashFields}. */
export interface CashFieldsProps {
  readonly i18n: I18n;
  readonly typed: Typed;
  readonly problems: readonly Problem[];
  readonly plans: readonly OfferedPlan[];
  /** The payment that was sent back: plan and price stay. */
  readonly returned: Attempt | null;
  /** The day where the tenant is, `2026-11-23`. */
  readonly today: string;
}

/** What is told about cash that was taken. The price is the plan's, not what anybody types. */
export function CashFields({ i18n, typed, problems, plans, returned, today }: CashFieldsProps) {
  const { t } = i18n;
  return (
    <>
      {returned === null
        ? (
          <Choice
            i18n={i18n}
            name="plan"
            label={t("agent.cash.plan")}
            value={typed["plan"] ?? ""}
            options={[
              { value: "", text: t("agent.cash.plan.choose") },
              ...planOptions(i18n, plans),
            ]}
            problems={problems}
          />
        )
        : <Facts facts={priceOf(i18n, returned)} />}
      <ProofField i18n={i18n} typed={typed} problems={problems} />
      <DateField
        i18n={i18n}
        name="received"
        label={t("agent.cash.received")}
        value={typed["received"]}
        max={today}
        problems={problems}
      />
      <Field
        i18n={i18n}
        name="receipt"
        label={t("agent.cash.receipt.optional")}
        autocomplete="off"
        value={typed["receipt"]}
        maxLength={CASH_MOST.receipt}
        problems={problems}
        optional
      />
      <TextArea
        i18n={i18n}
        name="note"
        label={t("agent.cash.note.optional")}
        rows={2}
        maxLength={CASH_MOST.note}
        value={typed["note"]}
        problems={problems}
      />
    </>
  );
}

function priceOf(i18n: I18n, { planName, amountCents, currency }: Attempt): Fact[] {
  return [
    { name: i18n.t("membership.facts.plan"), value: planName },
    { name: i18n.t("agent.cash.amount"), value: i18n.money(amountCents, currency) },
  ];
}

/** The photo or paper. One that has arrived is kept while something else is put right. */
function ProofField(
  { i18n, typed, problems }: Pick<CashFieldsProps, "i18n" | "typed" | "problems">,
) {
  const { t } = i18n;
  const problem = problems.find(({ field }) => field === "file");
  const isThere = Boolean(typed["proof"]);
  return (
    <div class={problem ? "field field-wrong" : "field"}>
      <label for="file">{t(isThere ? "agent.cash.proof.other" : "agent.cash.proof")}</label>
      <p class="field-hint" id="file-hint">{t("agent.cash.proof.hint", PROOF_BOUNDS)}</p>
      {problem && (
        <p class="field-problem" id="file-problem">
          <Icon name="warning" size={18} />
          <span>{i18n.t(problem.key, problem.params)}</span>
        </p>
      )}
      {isThere && (
        <p class="proof-there" data-testid="proof-there">
          <Icon name="check" size={20} />
          <a href={`/api/payment-proofs/${typed["proof"]}`}>{typed["proofName"]}</a>
        </p>
      )}
      <input type="hidden" name="proof" value={typed["proof"] ?? ""} />
      <input type="hidden" name="proofName" value={typed["proofName"] ?? ""} />
      <input
        id="file"
        name="file"
        type="file"
        accept={PROOF_ACCEPT}
        aria-invalid={problem ? "true" : undefined}
        aria-describedby={problem ? "file-hint file-problem" : "file-hint"}
        autofocus={problem !== undefined && problems[0] === problem}
      />
      <label class="camera" for="camera">
        <Icon name="camera" />
        {t("agent.cash.camera")}
      </label>
      <input id="camera" name="camera" type="file" accept="image/*" capture="environment" />
    </div>
  );
}
