import type { I18n } from "@core/platform/i18n.ts";
import type { TenantFacts } from "@core/identity/tenants.ts";
import { displayName, type Viewer } from "../site/viewer.ts";
import { Card, Facts } from "./Card.tsx";

/** Props of {@linkcode DeskHead}. */
export interface DeskHeadProps {
  readonly title: string;
  readonly text: string;
  /** The page above this one. */
  readonly back?: { readonly href: string; readonly text: string };
}

/** Title of a page for those who work here. */
export function DeskHead({ title, text, back }: DeskHeadProps) {
  return (
    <header class="page-head">
      {back && (
        <p>
          <a href={back.href}>{back.text}</a>
        </p>
      )}
      <h1>{title}</h1>
      <p class="lead">{text}</p>
    </header>
  );
}

/** Props of {@linkcode WhoAmI}. */
export interface WhoAmIProps {
  readonly i18n: I18n;
  readonly viewer: Viewer;
  readonly tenant: TenantFacts;
  /** Name of the person's branch, if they have one. */
  readonly branch: string | null;
}

/** Under which name, role and branch someone is signed in. */
export function WhoAmI({ i18n, viewer, tenant, branch }: WhoAmIProps) {
  const { t } = i18n;
  const facts = [
    { name: t("desk.role"), value: t(`role.${viewer.role}`) },
    { name: t("desk.tenant"), value: tenant.name },
    ...(branch === null ? [] : [{ name: t("desk.branch"), value: branch }]),
    { name: t("desk.email"), value: viewer.email },
  ];
  return (
    <Card title={t("desk.hello", { name: displayName(viewer) })}>
      <Facts facts={facts} />
    </Card>
  );
}
