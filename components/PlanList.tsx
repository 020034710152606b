import type { TenantFacts } from "@core/identity/tenants.ts";
import type { I18n, Locale } from "@core/platform/i18n.ts";
import SubmitOnce from "../islands/SubmitOnce.tsx";
import type { OfferedPlan } from "../site/plans.ts";
import { buttonClass, ButtonLink } from "./Button.tsx";
import { Icon } from "./Icon.tsx";
import { Money } from "./Money.tsx";

/** Props of {@linkcode PlanList}. */
export interface PlanListProps {
  readonly i18n: I18n;
  readonly locale: Locale;
  readonly tenant: TenantFacts;
  readonly plans: readonly OfferedPlan[];
  /** `teaser` links to the prices, `buy` has a form for each plan, `show` neither. */
  readonly mode: "teaser" | "buy" | "show";
  /** Id of the plan that a visitor chose before signing in. */
  readonly chosen?: string | null;
}

/** Plans side by side, each with its price, what it includes and what to do. */
export function PlanList(props: PlanListProps) {
  const { i18n, plans, chosen } = props;
  // On the landing page the plans have a heading of their own above them.
  const Heading = props.mode === "teaser" ? "h3" : "h2";
  return (
    <ul class="plans">
      {plans.map((plan) => (
        <li
          key={plan.id}
          class={`plan plan-${plan.tier}${plan.id === chosen ? " plan-chosen" : ""}`}
          data-testid={`plan-${plan.tier}`}
        >
          <Heading class="plan-name">{plan.name}</Heading>
          <p class="plan-audience">{i18n.t(`plan.${plan.tier}.audience`)}</p>
          <p class="plan-price">
            <Money i18n={i18n} cents={plan.priceCents} currency={plan.currency} />
            <span>{i18n.t("pricing.per_year")}</span>
          </p>
          <ul class="ticks">
            {plan.features.map((feature) => (
              <li key={feature}>
                <Icon name="check" size={20} />
                <span>{i18n.t(feature)}</span>
              </li>
            ))}
          </ul>
          <div class="plan-action">
            <PlanAction plan={plan} {...props} />
          </div>
        </li>
      ))}
    </ul>
  );
}

function PlanAction(
  { plan, i18n, locale, tenant, mode }: PlanListProps & { readonly plan: OfferedPlan },
) {
  const kind = plan.tier === "family" ? "primary" : "secondary";
  if (!plan.isSelfServe) {
    const href = tenant.supportEmail ? `mailto:${tenant.supportEmail}` : `/${locale}/help`;
    return (
      <>
        <ButtonLink href={href} kind="secondary">{i18n.t("pricing.talk")}</ButtonLink>
        <p class="fine">{i18n.t("pricing.business_note")}</p>
      </>
    );
  }
  const text = i18n.t("pricing.choose", { plan: plan.name });
  if (mode === "show") return null;
  if (mode === "teaser") {
    return <ButtonLink href={`/${locale}/pricing`} kind={kind}>{text}</ButtonLink>;
  }
  return (
    <form method="post" action={`/${locale}/pricing`}>
      <input type="hidden" name="plan" value={plan.id} />
      <SubmitOnce
        text={text}
        busyText={i18n.t("form.busy")}
        class={buttonClass(kind)}
        testId={`choose-${plan.tier}`}
      />
    </form>
  );
}
