import { type I18n, isMessageKey } from "@core/platform/i18n.ts";
import type { MailEvent } from "../../site/mail_ledger.ts";
import { Moment } from "../Moment.tsx";

/** Props of {@linkcode MailEvents}. */
export interface MailEventsProps {
  readonly i18n: I18n;
  readonly events: readonly MailEvent[];
}

/** What Resend told about a mail, in order. */
export function MailEvents({ i18n, events }: MailEventsProps) {
  return (
    <ol class="trail">
      {events.map(({ id, type, occurredAt, reason }) => (
        <li key={id} data-event={type}>
          <p class="trail-what">{eventName(i18n, type)}</p>
          <p class="fine">
            <Moment i18n={i18n} when={occurredAt} /> · Resend
          </p>
          {reason && <p class="fine breakable">{reason}</p>}
        </li>
      ))}
    </ol>
  );
}

/** What happened in words; what has none keeps its name. */
function eventName(i18n: I18n, type: string): string {
  const key = `mails.event.${type.replace(/^email\./, "")}`;
  return isMessageKey(key) ? i18n.t(key) : type;
}
