import { type I18n, isMessageKey } from "@core/platform/i18n.ts";
import type { GrantChange, GrantLine } from "../../site/grant_trail.ts";
import { Moment } from "../Moment.tsx";

/** Props of {@linkcode GrantTrail}. */
export interface GrantTrailProps {
  readonly i18n: I18n;
  readonly lines: readonly GrantLine[];
}

/** What was changed of a person's rights: before, after, when and by whom. */
export function GrantTrail({ i18n, lines }: GrantTrailProps) {
  const { t } = i18n;
  return (
    <section class="card" aria-labelledby="trail-title" data-testid="grant-trail">
      <h2 class="card-title" id="trail-title">{t("users.trail")}</h2>
      <p>{t(lines.length === 0 ? "users.trail.none" : "users.trail.text")}</p>
      {lines.length > 0 && (
        <ol class="trail">
          {lines.map((line) => (
            <li key={line.id}>
              {line.changes.map((change) => (
                <p key={change.what} class="trail-what">
                  {told(i18n, change)}
                </p>
              ))}
              <p class="fine">
                <Moment i18n={i18n} when={line.at} /> · {actor(i18n, line)}
                {line.byInvitation && <>{" · "}{t("users.trail.by_invitation")}</>}
              </p>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}

function told({ t }: I18n, change: GrantChange): string {
  const none = t("users.trail.nothing");
  switch (change.what) {
    case "role":
      return t("users.trail.role", {
        before: change.before === null ? none : t(`role.${change.before}`),
        after: change.after === null ? none : t(`role.${change.after}`),
      });
    case "branch":
    case "agent":
      return t(`users.trail.${change.what}`, {
        before: change.before ?? none,
        after: change.after ?? none,
      });
    case "lock":
      return t(change.after ? "users.trail.unlocked" : "users.trail.locked");
  }
}

function actor(i18n: I18n, { actorName, actorRole }: GrantLine): string {
  if (actorName) return actorName;
  const key = `role.${actorRole}`;
  return isMessageKey(key) ? i18n.t(key) : i18n.t("admin.system");
}
