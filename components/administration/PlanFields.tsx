import type { I18n } from "@core/platform/i18n.ts";
import type { Problem, Typed } from "../../site/forms.ts";
import { Field } from "../Field.tsx";
import { Tick } from "../Tick.tsx";

/** Props of {@linkcode PlanFields}. */
export interface PlanFieldsProps {
  readonly i18n: I18n;
  /** What is stored, or was typed a moment ago. */
  readonly typed: Typed;
  readonly currency: string;
  /** Whether the price stays, for it was sold. */
  readonly priceStays: boolean;
  readonly problems: readonly Problem[];
}

/** What a plan is: its name, price, and the price's ids in Paddle. */
export function PlanFields({ i18n, typed, currency, priceStays, problems }: PlanFieldsProps) {
  const { t } = i18n;
  return (
    <>
      <Field
        i18n={i18n}
        name="name"
        label={t("plans.name")}
        value={typed["name"]}
        autocomplete="off"
        maxLength={80}
        problems={problems}
      />
      <Field
        i18n={i18n}
        name="price"
        label={t("plans.price", { currency })}
        hint={t(priceStays ? "plans.price.stays" : "plans.price.hint")}
        value={typed["price"]}
        autocomplete="off"
        inputMode="decimal"
        readOnly={priceStays}
        problems={problems}
      />
      <Field
        i18n={i18n}
        name="price_id"
        label={t("plans.price_id")}
        hint={t("plans.price_id.hint")}
        value={typed["price_id"]}
        autocomplete="off"
        readOnly={priceStays}
        problems={problems}
      />
      <Field
        i18n={i18n}
        name="product_id"
        label={t("plans.product_id")}
        value={typed["product_id"]}
        autocomplete="off"
        readOnly={priceStays}
        problems={problems}
      />
      <Field
        i18n={i18n}
        name="sort"
        label={t("plans.sort")}
        hint={t("plans.sort.hint")}
        value={typed["sort"]}
        autocomplete="off"
        inputMode="numeric"
        problems={problems}
      />
      <Tick
        name="self_serve"
        label={t("plans.self_serve")}
        hint={t("plans.self_serve.hint")}
        checked={typed["self_serve"] !== undefined}
      />
    </>
  );
}
