import type { I18n, Locale } from "@core/platform/i18n.ts";
import type { SwitchState } from "../../site/operations.ts";
import { Badge } from "../Badge.tsx";
import { buttonClass } from "../Button.tsx";

/** Props of {@linkcode SwitchPanel}. */
export interface SwitchPanelProps {
  readonly i18n: I18n;
  readonly locale: Locale;
  readonly state: SwitchState;
  /** Names of the countries by id. */
  readonly names: ReadonlyMap<string, string>;
}

/** One switch: where it is on and why, and the form that turns it. */
export function SwitchPanel({ i18n, locale, state, names }: SwitchPanelProps) {
  const { t } = i18n;
  const { key, on, scopes } = state;
  const where = (id: string | null) =>
    id === null ? t("ops.switch.everywhere") : names.get(id) ?? id;
  const mayTurn = scopes.length > 0;
  const onByAll = on.some(({ tenantId }) => tenantId === null) && !scopes.includes(null);
  return (
    <details class="switch" data-switch={key} data-on={on.length > 0 ? "yes" : "no"}>
      <summary>
        <span>{t(`ops.flag.${key}`)}</span>
        <Badge
          tone={on.length > 0 ? "warning" : "neutral"}
          text={on.length === 0
            ? t("ops.switch.off")
            : `${t("ops.switch.on")}: ${on.map(({ tenantId }) => where(tenantId)).join(", ")}`}
        />
      </summary>
      {on.map((row) => (
        <p key={row.tenantId ?? ""} class="fine">
          {where(row.tenantId)}: {i18n.dateTime(row.updatedAt)}
          {row.updatedByName && ` · ${row.updatedByName}`}
          {row.note && ` · ${row.note}`}
        </p>
      ))}
      {onByAll && <p>{t("ops.switch.by_all")}</p>}
      {mayTurn && (
        <form method="post" action={`/${locale}/admin/ops`} class="stack">
          <input type="hidden" name="key" value={key} />
          <div class="field">
            <label for={`${key}-tenant`}>{t("ops.switch.scope")}</label>
            <select id={`${key}-tenant`} name="tenant">
              {scopes.map((scope) => (
                <option key={scope ?? ""} value={scope ?? ""}>{where(scope)}</option>
              ))}
            </select>
          </div>
          <div class="field">
            <label for={`${key}-note`}>{t("ops.switch.note")}</label>
            <input id={`${key}-note`} name="note" type="text" maxLength={500} autocomplete="off" />
          </div>
          <div class="actions">
            <button type="submit" name="to" value="on" class={buttonClass("primary")}>
              {t("ops.switch.turn_on")}
            </button>
            <button type="submit" name="to" value="off" class={buttonClass("secondary")}>
              {t("ops.switch.turn_off")}
            </button>
          </div>
        </form>
      )}
    </details>
  );
}
