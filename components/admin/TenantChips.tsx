import type { I18n } from "@core/platform/i18n.ts";
import type { ChosenTenant } from "../../site/chosen_tenant.ts";
import { withQuery } from "../../site/links.ts";
import { Chips } from "../Chips.tsx";

/** Props of {@linkcode TenantChips}. */
export interface TenantChipsProps extends ChosenTenant {
  readonly i18n: I18n;
}

/** The choice of a country, for those who have one. */
export function TenantChips({ i18n, id: chosen, choices }: TenantChipsProps) {
  if (choices.length < 2) return null;
  return (
    <Chips
      label={i18n.t("users.tenant")}
      chips={choices.map(({ id, name }) => ({
        text: name,
        // Without a path, for Fresh marks every link to the page's own as the current one.
        href: withQuery("", { tenant: id }),
        isCurrent: id === chosen,
      }))}
    />
  );
}
