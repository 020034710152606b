import type { I18n } from "@core/platform/i18n.ts";
import type { UserRow } from "../../site/users.ts";
import { Badge } from "../Badge.tsx";
import { DataTable } from "../DataTable.tsx";
import { MailAddress } from "../MailAddress.tsx";

/** Props of {@linkcode UserTable}. */
export interface UserTableProps {
  readonly i18n: I18n;
  readonly users: readonly UserRow[];
  /** Address of the list, which each person's page stands below. */
  readonly path: string;
}

/** People with an account, with what they may do. */
export function UserTable({ i18n, users, path }: UserTableProps) {
  const { t } = i18n;
  if (users.length === 0) return <p class="nothing">{t("users.nothing")}</p>;
  return (
    <DataTable
      caption={t("users.title")}
      rows={users}
      keyOf={({ id }) => id}
      testId="user"
      columns={[
        {
          name: t("auth.name"),
          cell: ({ id, fullName, email }) => <a href={`${path}/${id}`}>{fullName || email}</a>,
        },
        { name: t("desk.email"), cell: ({ email }) => <MailAddress email={email} /> },
        { name: t("users.role"), cell: ({ role }) => t(`role.${role}`) },
        { name: t("users.edit.branch"), cell: ({ branchName }) => branchName ?? "–" },
        { name: t("users.state"), cell: ({ isActive }) => <UserState {...{ i18n, isActive }} /> },
      ]}
    />
  );
}

/** Whether somebody may sign in. */
export function UserState(
  { i18n, isActive }: { readonly i18n: I18n; readonly isActive: boolean },
) {
  return isActive
    ? <Badge tone="good" text={i18n.t("users.active")} />
    : <Badge tone="bad" text={i18n.t("users.locked")} />;
}
