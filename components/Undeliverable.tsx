import type { TenantFacts } from "@core/identity/tenants.ts";
import type { I18n } from "@core/platform/i18n.ts";
import type { Viewer } from "../site/viewer.ts";
import { SupportMail } from "./Contact.tsx";
import { Notice } from "./Notice.tsx";
import { Rich } from "./Rich.tsx";

/** Props of {@linkcode Undeliverable}. */
export interface UndeliverableProps {
  readonly i18n: I18n;
  readonly tenant: TenantFacts;
  readonly viewer: Pick<Viewer, "email" | "emailUndeliverableAt">;
}

/** Tells a member that our mails do not reach them, if so. */
export function Undeliverable({ i18n, tenant, viewer }: UndeliverableProps) {
  if (!viewer.emailUndeliverableAt) return null;
  return (
    <div data-testid="undeliverable">
      <Notice kind="warning" title={i18n.t("settings.undeliverable.title")}>
        <p>
          <Rich
            text={i18n.t("settings.undeliverable.text")}
            parts={{
              address: <strong class="breakable">{viewer.email}</strong>,
              email: <SupportMail tenant={tenant} />,
            }}
          />
        </p>
      </Notice>
    </div>
  );
}
