import type { ClaimRow } from "@core/claims/claim_list.ts";
import type { I18n, Locale } from "@core/platform/i18n.ts";
import { buttonClass } from "../Button.tsx";
import { Badge } from "../Badge.tsx";
import { Moment } from "../Moment.tsx";
import { dueTone, dueWords, pressureOf, PRESSURES } from "./due.ts";
import { StageBadge } from "./StageBadge.tsx";

/** Props of {@linkcode QueueList}. */
export interface QueueListProps {
  readonly i18n: I18n;
  readonly locale: Locale;
  readonly rows: readonly ClaimRow[];
  /** Who looks. */
  readonly viewerId: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly timeZone: string;
  /** Whether the list is ordered by what is due, and so divided by it. */
  readonly byDue: boolean;
  /** Address of this very list, where a claim is taken. */
  readonly here: string;
  /** The list's filter, which the claim's page leads back to. */
  readonly from: string;
}

/** Claims as the staff work on them, what presses most first. */
export function QueueList(props: QueueListProps) {
  const { i18n, rows, now, timeZone, byDue } = props;
  if (!byDue) return <Rows {...props} label={i18n.t("desk.staff.title")} />;
  return (
    <>
      {PRESSURES.map((pressure) => {
        const part = rows.filter((row) => pressureOf(row, now, timeZone) === pressure);
        if (part.length === 0) return null;
        return (
          <section
            key={pressure}
            class={`queue-part queue-part-${pressure}`}
            aria-labelledby={`part-${pressure}`}
          >
            <h2 id={`part-${pressure}`}>{i18n.t(`queue.part.${pressure}`)}</h2>
            <Rows {...props} rows={part} label={i18n.t(`queue.part.${pressure}`)} />
          </section>
        );
      })}
    </>
  );
}

function Rows(props: QueueListProps & { readonly label: string }) {
  return (
    <ol class="queue" aria-label={props.label}>
      {props.rows.map((row) => <Row key={row.id} {...props} row={row} />)}
    </ol>
  );
}

function Row(props: QueueListProps & { readonly row: ClaimRow }) {
  const { i18n, locale, row, now, from } = props;
  const { t } = i18n;
  const back = from === "" ? "" : `?from=${encodeURIComponent(from)}`;
  return (
    <li class="queue-row" id={`claim-${row.id}`} data-testid="queue-claim" data-claim={row.id}>
      <div class="queue-due">
        {row.dueAt === null ? <span class="fine">{t("queue.due.none")}</span> : (
          <>
            <Badge tone={dueTone(row, now)} text={dueWords(i18n, row, now)} />
            <span class="fine">
              <Moment i18n={i18n} when={row.dueAt} />
            </span>
          </>
        )}
      </div>
      <div class="queue-what">
        <h3>
          <a href={`/${locale}/staff/claims/${row.id}${back}`} data-queue-link>
            {row.title || t("queue.untitled")}
          </a>
        </h3>
        <p class="fine">
          <span class="number">{row.claimNumber}</span> · {row.company}
          {row.category && <>{" "}· {t(`claim.category.${row.category}`)}</>}
        </p>
      </div>
      <p class="queue-who">
        <span class="visually-hidden">{t("role.member")}:</span>
        <span>{row.memberName || t("role.member")}</span>
        <span class="fine number">{row.memberNumber}</span>
      </p>
      <p class="queue-state">
        <StageBadge i18n={i18n} status={row.status} />
        {row.unread > 0 && <span class="unread">{i18n.plural("queue.unread", row.unread)}</span>}
      </p>
      <div class="queue-hand">
        <Hand {...props} />
      </div>
    </li>
  );
}

/** Who has it; a claim that nobody has is taken from here. */
function Hand({ i18n, row, viewerId, here }: QueueListProps & { readonly row: ClaimRow }) {
  const { t } = i18n;
  if (row.assignedTo === viewerId) return <span class="queue-mine">{t("queue.yours")}</span>;
  if (row.assignedTo !== null) {
    return (
      <>
        <span class="visually-hidden">{t("queue.assignee")}:</span>
        <span>{row.assigneeName || t("role.staff")}</span>
      </>
    );
  }
  if (row.submittedAt === null || row.status === "resolved" || row.status === "rejected") {
    return <span class="fine">{t("queue.nobody")}</span>;
  }
  return (
    <form method="post" action={here}>
      <input type="hidden" name="act" value="take" />
      <input type="hidden" name="claim" value={row.id} />
      <button
        type="submit"
        class={`${buttonClass("secondary")} button-small`}
        data-testid="queue-take"
        data-queue-take
      >
        {t("queue.take")}
        <span class="visually-hidden">{` ${row.claimNumber}`}</span>
      </button>
    </form>
  );
}
