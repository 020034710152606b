import type { I18n, Locale } from "@core/platform/i18n.ts";
import { isMessageKey } from "@core/platform/i18n.ts";
import { isUuid } from "../../site/links.ts";
import type { AuditLine } from "../../site/webhook_events.ts";
import { Moment } from "../Moment.tsx";

/** Props of {@linkcode AuditTrail}. */
export interface AuditTrailProps {
  readonly i18n: I18n;
  readonly locale: Locale;
  readonly lines: readonly AuditLine[];
  /** What is told of a line instead of its details, if the page has words for it. */
  readonly tell?: (line: AuditLine) => string | null;
}

/** What was done, in order, each line with its details. */
export function AuditTrail({ i18n, locale, lines, tell }: AuditTrailProps) {
  return (
    <ol class="trail">
      {lines.map((line) => (
        <li key={line.id} data-action={line.action}>
          <p class="trail-what">{actionName(i18n, line.action)}</p>
          <p class="fine">
            <Moment i18n={i18n} when={line.createdAt} /> · {actorName(i18n, line)}
          </p>
          {tell === undefined
            ? <LineFacts i18n={i18n} locale={locale} line={line} />
            : <p>{tell(line)}</p>}
        </li>
      ))}
    </ol>
  );
}

function LineFacts(
  { i18n, locale, line }: Pick<AuditTrailProps, "i18n" | "locale"> & { readonly line: AuditLine },
) {
  return (
    <dl class="trail-facts">
      {factsOf(line, i18n).map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            {PEOPLE.includes(name) && isUuid(value)
              ? <a href={`/${locale}/admin/members/${value}`}>{value}</a>
              : value}
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** An action in words; one that has none keeps its name. */
function actionName(i18n: I18n, action: string): string {
  const key = `audit.${action.replaceAll(".", "_").toLowerCase()}`;
  return isMessageKey(key) ? i18n.t(key) : action;
}

function actorName(i18n: I18n, { actorName, actorRole }: AuditLine): string {
  if (actorName) return actorName;
  const key = `role.${actorRole}`;
  return isMessageKey(key) ? i18n.t(key) : i18n.t("admin.system");
}

/** What everyone who reads this page knows already. */
const KNOWN: readonly string[] = ["event_id", "event_type"];

/** Facts whose value is the id of a person. */
const PEOPLE: readonly string[] = ["user_id", "member_id", "agent_id"];

function factsOf({ metadata }: AuditLine, i18n: I18n): [name: string, value: string][] {
  const { currency } = metadata;
  const told = (name: string, value: unknown): [string, string] => {
    if (name.endsWith("_cents") && typeof value === "number" && typeof currency === "string") {
      return [name.slice(0, -"_cents".length), i18n.money(value, currency)];
    }
    return [name, typeof value === "string" ? value : JSON.stringify(value)];
  };
  return Object.entries(metadata)
    .filter(([name, value]) => !KNOWN.includes(name) && value !== null && name !== "currency")
    .map(([name, value]) => told(name, value));
}
