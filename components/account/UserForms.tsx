import type { Role } from "@core/identity/roles.ts";
import type { I18n } from "@core/platform/i18n.ts";
import type { BranchChoice } from "../../site/branches.ts";
import type { Problem } from "../../site/forms.ts";
import type { UserRow } from "../../site/users.ts";
import { buttonClass } from "../Button.tsx";
import { Choice } from "../Choice.tsx";
import { Field } from "../Field.tsx";
import { Notice } from "../Notice.tsx";

/** Props of {@linkcode UserForms}. */
export interface UserFormsProps {
  readonly i18n: I18n;
  readonly user: UserRow;
  /** Roles that the reader may give and take. */
  readonly roles: readonly Role[];
  readonly branches: readonly BranchChoice[];
  readonly problems: readonly Problem[];
  /** Who looks at it: nobody changes themselves. */
  readonly me: string;
  readonly action: string;
}

/** What an administrator may change of a person: role, branch, and whether they may sign in. */
export function UserForms(props: UserFormsProps) {
  const { i18n, user, roles, branches, problems, me, action } = props;
  const { t } = i18n;
  if (user.id === me || !roles.includes(user.role)) {
    return (
      <Notice kind="info">
        <p>{t(user.id === me ? "users.edit.self" : "users.edit.not_yours")}</p>
      </Notice>
    );
  }
  return (
    <>
      <form method="post" action={action} class="form card" data-testid="role-form">
        <h2 class="card-title">{t("users.edit.role")}</h2>
        <p>{t("users.edit.role.text")}</p>
        <p class="fine">{t("users.edit.role.tenant")}</p>
        <input type="hidden" name="do" value="role" />
        <Choice
          i18n={i18n}
          name="role"
          label={t("users.role")}
          value={user.role}
          options={roles.map((value) => ({ value, text: t(`role.${value}`) }))}
          problems={problems}
        />
        <Choice
          i18n={i18n}
          name="branch"
          label={t("users.edit.branch")}
          value={user.branchId ?? ""}
          options={[
            { value: "", text: t("users.edit.branch.none") },
            ...branches.map(({ id, name }) => ({ value: id, text: name })),
          ]}
          problems={problems}
        />
        <div class="actions">
          <button type="submit" class={buttonClass("primary")}>
            {t("users.edit.role.submit")}
          </button>
        </div>
      </form>
      <form method="post" action={action} class="form card" data-testid="lock-form">
        <h2 class="card-title">
          {t(user.isActive ? "users.edit.lock" : "users.edit.unlock")}
        </h2>
        {user.isActive && <p>{t("users.edit.lock.text")}</p>}
        <Field
          i18n={i18n}
          name="reason"
          label={t("users.edit.reason")}
          hint={t("users.edit.reason.hint")}
          autocomplete="off"
          maxLength={500}
          problems={problems}
          optional
        />
        <div class="actions">
          <button
            type="submit"
            name="do"
            value={user.isActive ? "lock" : "unlock"}
            class={buttonClass("secondary")}
          >
            {t(user.isActive ? "users.edit.lock" : "users.edit.unlock")}
          </button>
        </div>
      </form>
    </>
  );
}
