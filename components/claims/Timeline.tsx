import type { ComponentChildren } from "preact";
import { CANCELLED_BY_MEMBER } from "@core/claims/claim.ts";
import type {
  Actor,
  DocumentEntry,
  MessageEntry,
  StageEntry,
  TimelineEntry,
} from "@core/claims/timeline.ts";
import type { I18n } from "@core/platform/i18n.ts";
import { Icon } from "../Icon.tsx";
import { Moment } from "../Moment.tsx";
import { statusKey } from "./ClaimStatus.tsx";
import { FileLines, OpenLinks } from "./DocumentList.tsx";
import { actorKind, actorName, type Reader } from "./words.ts";

/** Props of {@linkcode Timeline}. */
export interface TimelineProps {
  readonly i18n: I18n;
  readonly reader: Reader;
  /** What happened, the oldest first. */
  readonly entries: readonly TimelineEntry[];
  /** Whether this reader may open a document; all of them if left out. */
  readonly mayOpen?: (document: DocumentEntry) => boolean;
  /** Where a request for a document is answered; nowhere if left out. */
  readonly answerHref?: (request: MessageEntry) => string;
}

/**
 * What happened on a claim, the oldest first: moves, messages, documents and, for staff, notes and
 * assignments. It shows what it is given: what a reader may not see was not read.
 *
 * Put it inside `<section data-live="thread">`, so that an open page takes in what is new.
 */
export function Timeline({ i18n, reader, entries, mayOpen, answerHref }: TimelineProps) {
  const { t } = i18n;
  return (
    <ol class="timeline" aria-label={t("claim.timeline")}>
      {entries.map((entry) => {
        switch (entry.kind) {
          case "stage":
            return <Stage key={entry.stage.id} i18n={i18n} reader={reader} stage={entry.stage} />;
          case "message":
            return (
              <Message
                key={entry.message.id}
                i18n={i18n}
                reader={reader}
                message={entry.message}
                answerHref={answerHref?.(entry.message)}
              />
            );
          case "document":
            return (
              <Item
                key={entry.document.id}
                id={`entry-${entry.document.id}`}
                kind="document"
                own={entry.document.by.id === reader.id}
              >
                <Head i18n={i18n} reader={reader} by={entry.document.by} at={entry.at} />
                <div class="timeline-file">
                  <FileLines i18n={i18n} file={entry.document} />
                  {(mayOpen?.(entry.document) ?? true) && (
                    <div class="document-ways">
                      <OpenLinks i18n={i18n} document={entry.document} />
                    </div>
                  )}
                </div>
              </Item>
            );
        }
      })}
    </ol>
  );
}

interface ItemProps {
  readonly id: string;
  readonly kind: "stage" | "note" | "message" | "request" | "document" | "assignment";
  /** Whether the reader did it. */
  readonly own?: boolean;
  readonly children: ComponentChildren;
}

function Item({ id, kind, own = false, children }: ItemProps) {
  return (
    <li id={id} class={`entry entry-${kind}${own ? " entry-own" : ""}`} data-entry={kind}>
      {children}
    </li>
  );
}

interface HeadProps {
  readonly i18n: I18n;
  readonly reader: Reader;
  readonly by: Actor;
  readonly at: Date;
  /** What this is, where it has to be said. */
  readonly label?: string;
}

/** Who and when. */
function Head({ i18n, reader, by, at, label }: HeadProps) {
  const kind = actorKind(i18n, by, reader);
  return (
    <p class="entry-head">
      {label && <span class="entry-label">{label}</span>}
      <strong>{actorName(i18n, by, reader)}</strong>
      {kind && <span class="entry-kind">{kind}</span>}
      <Moment i18n={i18n} when={at} />
    </p>
  );
}

function Message(
  { i18n, reader, message, answerHref }: {
    readonly i18n: I18n;
    readonly reader: Reader;
    readonly message: MessageEntry;
    readonly answerHref: string | undefined;
  },
) {
  const { t } = i18n;
  const { isInternal, isDocumentRequest, fulfilledAt } = message;
  const kind = isInternal ? "note" : isDocumentRequest ? "request" : "message";
  const label = isInternal
    ? t("claim.entry.note")
    : isDocumentRequest
    ? t(reader.role === "member" ? "claim.entry.request" : "staff.entry.request")
    : undefined;
  return (
    <Item id={`entry-${message.id}`} kind={kind} own={message.by.id === reader.id}>
      <Head
        i18n={i18n}
        reader={reader}
        by={message.by}
        at={message.at}
        {...(label === undefined ? {} : { label })}
      />
      <p
        class="entry-text"
        data-testid={isInternal ? "note" : "message"}
      >
        {message.body}
      </p>
      {isDocumentRequest && (
        <p class="fine entry-state">
          {fulfilledAt === null
            ? answerHref
              ? <a href={answerHref}>{t("claim.entry.request_send")}</a>
              : t("claim.entry.request_open")
            : (
              <>
                <Icon name="check" size={18} />
                <span>{t("claim.entry.request_done", { date: i18n.date(fulfilledAt) })}</span>
              </>
            )}
        </p>
      )}
    </Item>
  );
}

function Stage(
  { i18n, reader, stage }: {
    readonly i18n: I18n;
    readonly reader: Reader;
    readonly stage: StageEntry;
  },
) {
  const { t } = i18n;
  if (stage.isAssignment) {
    return (
      <Item id={`entry-${stage.id}`} kind="assignment">
        <Head i18n={i18n} reader={reader} by={stage.by} at={stage.at} />
        <p>
          {stage.assignedTo === null
            ? t("claim.entry.unassigned")
            : t("claim.entry.assigned", { name: stage.assignedTo })}
        </p>
        {stage.note && <p class="entry-text">{stage.note}</p>}
      </Item>
    );
  }
  if (!stage.isPublic) {
    return (
      <Item id={`entry-${stage.id}`} kind="note">
        <Head
          i18n={i18n}
          reader={reader}
          by={stage.by}
          at={stage.at}
          label={t("claim.entry.note")}
        />
        <p class="entry-text" data-testid="note">{stage.note}</p>
      </Item>
    );
  }
  const words = stage.from === "draft" && stage.to === "submitted"
    ? t("claim.entry.sent")
    : t(statusKey({ status: stage.to, statusReason: stage.note }));
  const reason = stage.note === CANCELLED_BY_MEMBER ? null : stage.note;
  return (
    <Item id={`entry-${stage.id}`} kind="stage">
      <Head i18n={i18n} reader={reader} by={stage.by} at={stage.at} />
      <p class="entry-status">{words}</p>
      {reason !== null && <p class="entry-text">{reason}</p>}
    </Item>
  );
}
