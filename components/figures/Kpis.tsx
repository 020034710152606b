import type { I18n, MessageKey } from "@core/platform/i18n.ts";

/** One figure. */
export interface Kpi {
  /** Name of the figure; its texts are `figures.<name>` and `figures.<name>.meaning`. */
  readonly name:
    | "covered"
    | "begun"
    | "received"
    | "returned"
    | "open_claims"
    | "triage"
    | "nps"
    | "agents";
  readonly value: string;
  /** What stands below: of how many, or nothing. */
  readonly beside?: string | undefined;
}

/** Props of {@linkcode Kpis}. */
export interface KpisProps {
  readonly i18n: I18n;
  readonly figures: readonly Kpi[];
}

/** The figures that are looked at first, each with what it counts. */
export function Kpis({ i18n, figures }: KpisProps) {
  const { t } = i18n;
  const text = (key: string) => t(key as MessageKey);
  return (
    <dl class="figures figures-told" data-testid="admin-overview-kpis">
      {figures.map(({ name, value, beside }) => (
        <div key={name} data-figure={name}>
          <dt>{text(`figures.${name}`)}</dt>
          <dd class="figure-value">{value}</dd>
          {beside && <dd class="figure-beside">{beside}</dd>}
          <dd class="figure-meaning fine">{text(`figures.${name}.meaning`)}</dd>
        </div>
      ))}
    </dl>
  );
}
