import type { I18n } from "@core/platform/i18n.ts";
import { browserName } from "../../site/browser_name.ts";
import type { OwnSession } from "../../site/sessions.ts";
import { Badge } from "../Badge.tsx";
import { buttonClass } from "../Button.tsx";
import { Moment } from "../Moment.tsx";
import { Rich } from "../Rich.tsx";

/** Props of {@linkcode SessionList}. */
export interface SessionListProps {
  readonly i18n: I18n;
  readonly sessions: readonly OwnSession[];
  /** Address that the forms post to. */
  readonly action: string;
}

/** Where a person is signed in, each with a button that ends it. */
export function SessionList({ i18n, sessions, action }: SessionListProps) {
  const { t } = i18n;
  // The one that is used right now is what the others are compared with.
  const ordered = sessions.toSorted((a, b) => Number(b.isCurrent) - Number(a.isCurrent));
  return (
    <ul class="sessions" data-testid="sessions">
      {ordered.map((session) => {
        const name = nameOf(i18n, session.userAgent);
        return (
          <li key={session.id} data-testid="session">
            <div>
              <p class="session-name">
                <strong>{name}</strong>{" "}
                {session.isCurrent && <Badge tone="good" text={t("security.session.current")} />}
              </p>
              <p class="fine">
                <Rich
                  text={t("security.session.since")}
                  parts={{ when: <Moment i18n={i18n} when={session.createdAt} /> }}
                />
                {session.ip !== null && (
                  <>{" · "}{t("security.session.address", { ip: session.ip })}</>
                )}
              </p>
              {session.refreshedAt > session.createdAt && (
                <p class="fine">
                  <Rich
                    text={t("security.session.used")}
                    parts={{ when: <Moment i18n={i18n} when={session.refreshedAt} /> }}
                  />
                </p>
              )}
            </div>
            {!session.isCurrent && (
              <form method="post" action={action}>
                <input type="hidden" name="session" value={session.id} />
                <button
                  type="submit"
                  name="do"
                  value="end"
                  class={buttonClass("secondary")}
                  aria-label={t("security.session.end_of", { name })}
                >
                  {t("security.session.end")}
                </button>
              </form>
            )}
          </li>
        );
      })}
    </ul>
  );
}

function nameOf({ t }: I18n, userAgent: string | null): string {
  const { browser, system } = browserName(userAgent);
  if (browser !== null && system !== null) return t("security.session.name", { browser, system });
  return browser ?? system ?? t("security.session.unknown");
}
