/** Which of Paddle's events an operator looks at; the page's address says it. */
import type postgres from "postgres";
import { KNOWN_EVENT_TYPES } from "@core/billing/paddle_event_types.ts";
import type { Transaction } from "@core/platform/database.ts";
import { likePattern, peopleSql } from "./member_search.ts";
import { dayOf, matchOf, oneOf, type Query, textOf } from "./query_fields.ts";

/** Where an event stands, as operators tell them apart. */
export const EVENT_STATES = ["failed", "given_up", "waiting", "ok", "ignored", "forged"] as const;

/** One of {@linkcode EVENT_STATES}. */
export type EventState = typeof EVENT_STATES[number];

/** What is looked for; null where it does not matter. */
export interface EventFilter {
  readonly state: EventState | null;
  /** Paddle's name of a type, or its beginning up to a dot, such as `subscription`. */
  readonly type: string | null;
  /** E-mail address, member number, name or id. */
  readonly member: string | null;
  /** First and last day of arrival, `YYYY-MM-DD`, in the tenant's time zone. */
  readonly from: string | null;
  readonly to: string | null;
}

const TYPE = /^[a-z_]{1,40}(\.[a-z_]{0,40})?$/;

/**
 * Reads a filter; what makes no sense is left out.
 *
 * @param query Of an address, or the fields of a form.
 */
export function eventFilter(query: Query): EventFilter {
  return {
    state: oneOf(query, "state", EVENT_STATES),
    type: matchOf(query, "type", TYPE),
    member: textOf(query, "member"),
    from: dayOf(query, "from"),
    to: dayOf(query, "to"),
  };
}

/** The filter as it stands in an address. */
export function filterQuery(filter: EventFilter): Record<string, string | null> {
  return { ...filter };
}

/** Whether anything besides the state is looked for. */
export function isNarrowed({ type, member, from, to }: EventFilter): boolean {
  return [type, member, from, to].some((value) => value !== null);
}

/** Part of a statement. */
type Fragment = postgres.PendingQuery<postgres.Row[]>;

/**
 * The conditions of a filter, for a statement over `public.webhook_events as e`.
 *
 * @param tx The transaction of the statement.
 * @param filter What is looked for.
 * @param timeZone In which days begin and end.
 */
export function filterSql(tx: Transaction, filter: EventFilter, timeZone: string): Fragment {
  const { state, type, member, from, to } = filter;
  const none = tx``;
  return tx`
    ${stateSql(tx, state)}
    ${type === null ? none : typeSql(tx, type)}
    ${
    from === null
      ? none
      : tx`and e.received_at >= ${from}::date::timestamp at time zone ${timeZone}`
  }
    ${
    to === null
      ? none
      : tx`and e.received_at < (${to}::date + 1)::timestamp at time zone ${timeZone}`
  }
    ${member === null ? none : memberSql(tx, member)}`;
}

/** A whole type by the index over types; part of one by its beginning. */
function typeSql(tx: Transaction, type: string): Fragment {
  return KNOWN_EVENT_TYPES.includes(type)
    ? tx`and e.event_type = ${type}`
    : tx`and e.event_type like ${likePattern(type, "start")}`;
}

function stateSql(tx: Transaction, state: EventState | null): Fragment {
  switch (state) {
    case null:
      return tx``;
    case "failed":
      return tx`and e.signature_valid and e.processing_result = 'error'`;
    case "given_up":
      return tx`and e.signature_valid and e.processing_result = 'error' and e.gave_up_at is not null`;
    case "waiting":
      return tx`and e.signature_valid and e.processing_result is null`;
    case "ok":
      return tx`and e.processing_result = 'ok'`;
    case "ignored":
      return tx`and e.signature_valid and e.processing_result = 'ignored'`;
    case "forged":
      return tx`and not e.signature_valid`;
  }
}

/** Events of people by what they are called, or of what belongs to them in Paddle. */
function memberSql(tx: Transaction, member: string): Fragment {
  const people = peopleSql(tx, member);
  return tx`and (
    e.subject_id = ${member}
    or e.event_id = ${member}
    or e.member_id = any (array(${people}))
    or e.subject_id = any (array(
      select provider_subscription_id from public.subscriptions
      where user_id = any (array(${people}))
    ))
  )`;
}
