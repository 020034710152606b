/** Which of our mails an operator looks at; the page's address says it. */
import type postgres from "postgres";
import { MAIL_TEMPLATES, type MailTemplate } from "@core/outreach/mails/templates.ts";
import type { Transaction } from "@core/platform/database.ts";
import { peopleSql } from "./member_search.ts";
import { dayOf, oneOf, type Query, textOf } from "./query_fields.ts";

/** Where a mail stands, as operators look for it. `returned`: it bounced, or was marked as spam. */
export const MAIL_STATES = ["error", "returned", "pending", "sent", "skipped"] as const;

/** One of {@linkcode MAIL_STATES}. */
export type MailState = typeof MAIL_STATES[number];

/** What is looked for; null where it does not matter. */
export interface MailFilter {
  readonly state: MailState | null;
  readonly template: MailTemplate | null;
  /** E-mail address, member number, name or id. */
  readonly member: string | null;
  /** First and last day on which mails were noted, `YYYY-MM-DD`, in the tenant's time zone. */
  readonly from: string | null;
  readonly to: string | null;
}

/** Reads a filter; what makes no sense is left out. */
export function mailFilter(query: Query): MailFilter {
  return {
    state: oneOf(query, "state", MAIL_STATES),
    template: oneOf(query, "template", MAIL_TEMPLATES),
    member: textOf(query, "member"),
    from: dayOf(query, "from"),
    to: dayOf(query, "to"),
  };
}

/** The filter as it stands in an address. */
export function mailQuery(filter: MailFilter): Record<string, string | null> {
  return { ...filter };
}

/** Whether anything besides the state is looked for. */
export function isNarrowed({ template, member, from, to }: MailFilter): boolean {
  return [template, member, from, to].some((value) => value !== null);
}

/** Part of a statement. */
type Fragment = postgres.PendingQuery<postgres.Row[]>;

/**
 * The conditions of a filter, for a statement over `public.engagement_email_sends as m`.
 *
 * @param tx The transaction of the statement.
 * @param filter What is looked for.
 * @param timeZone In which days begin and end.
 */
export function mailFilterSql(tx: Transaction, filter: MailFilter, timeZone: string): Fragment {
  const { state, template, member, from, to } = filter;
  const none = tx``;
  return tx`
    ${stateSql(tx, state)}
    ${template === null ? none : tx`and m.template_key = ${template}`}
    ${
    from === null ? none : tx`and m.created_at >= ${from}::date::timestamp at time zone ${timeZone}`
  }
    ${
    to === null
      ? none
      : tx`and m.created_at < (${to}::date + 1)::timestamp at time zone ${timeZone}`
  }
    ${member === null ? none : tx`and m.user_id = any (array(${peopleSql(tx, member)}))`}`;
}

function stateSql(tx: Transaction, state: MailState | null): Fragment {
  switch (state) {
    case null:
      return tx``;
    case "returned":
      return tx`and (m.bounced_at is not null or m.complained_at is not null)`;
    case "sent":
      return tx`
        and m.status = 'sent' and m.bounced_at is null and m.complained_at is null`;
    default:
      return tx`and m.status = ${state}`;
  }
}
