import { timelineOf } from "@core/claims/timeline.ts";
import LiveClaim from "../../islands/LiveClaim.tsx";
import type { DeskData } from "../../site/desk_page.ts";
import { ClaimFacts } from "../claims/ClaimFacts.tsx";
import { FreshLink } from "../claims/FreshLink.tsx";
import { Timeline } from "../claims/Timeline.tsx";
import { TrackingCard } from "../claims/TrackingCard.tsx";
import { Notice } from "../Notice.tsx";
import { Page } from "../Page.tsx";
import { AssignCard } from "./AssignCard.tsx";
import { ClaimDeskHead } from "./ClaimDeskHead.tsx";
import { deskHref, type DeskProps } from "./desk.ts";
import { DeskDocuments } from "./DeskDocuments.tsx";
import { MemberCard } from "./MemberCard.tsx";
import { MoveCard } from "./MoveCard.tsx";
import { NotesCard } from "./NotesCard.tsx";
import { WriteCard } from "./WriteCard.tsx";

/** Props of {@linkcode ClaimDesk}. */
export interface ClaimDeskProps extends Pick<DeskProps, "i18n" | "locale" | "viewer" | "now"> {
  readonly data: DeskData;
}

/** A claim for those who work on it: what it is, what happened, and everything that can be done. */
export function ClaimDesk({ data, ...rest }: ClaimDeskProps) {
  const { i18n, now } = rest;
  const { t } = i18n;
  const { portal, desk, mayAct, here } = data;
  const { claim } = desk;
  const props: DeskProps = { ...rest, portal, desk, here, again: data.again };
  return (
    <Page
      i18n={i18n}
      title={claim.title || t("queue.untitled")}
      ready="staff-claim-detail-ready"
      class="page desk"
    >
      <Notices {...props} data={data} />
      <header class="page-head">
        <p>
          <a href={data.back}>{t("desk.staff.title")}</a>
        </p>
        <div data-live="head">
          <ClaimDeskHead i18n={i18n} desk={desk} now={now} />
        </div>
      </header>
      <div class={mayAct ? "desk-columns" : "desk-columns desk-columns-read"}>
        {mayAct && (
          <div class="desk-now">
            <AssignCard {...props} />
            <Jumps {...props} />
          </div>
        )}
        <div class="desk-talk">
          <Story {...props} />
          <DeskDocuments {...props} mayAct={mayAct} fileProblem={data.fileProblem} />
          {claim.isSubmitted && <Thread {...props} mayAct={mayAct} />}
          {mayAct && <WriteCard {...props} />}
        </div>
        <div class="desk-side">
          {mayAct && desk.moves.length > 0 && <MoveCard {...props} />}
          {mayAct && <NotesCard {...props} />}
          <MemberCard {...props} />
          {mayAct && (
            <div id="tracking">
              {data.freshLink && <FreshLink i18n={i18n} href={data.freshLink} pin={null} />}
              <TrackingCard
                i18n={i18n}
                action={`${here}#tracking`}
                token={data.token}
                tracking={desk.tracking}
              />
            </div>
          )}
        </div>
      </div>
    </Page>
  );
}

type PartProps = DeskProps & { readonly data: DeskData };

/** What was done a moment ago, and why nothing can be done. */
function Notices({ i18n, desk, viewer, data }: PartProps) {
  const { t } = i18n;
  const { done, mayAct } = data;
  const { claim } = desk;
  return (
    <>
      {done && (
        <div data-testid={`done-${done}`}>
          <Notice kind="good">
            <p>
              {done === "move"
                ? t("staff.done.move", { status: t(`queue.status.${claim.status}`) })
                : done === "take" && claim.assignedTo !== viewer.id
                ? t("staff.done.assign")
                : t(`staff.done.${done}`)}
            </p>
          </Notice>
        </div>
      )}
      {!mayAct && (
        <div data-testid="staff-claim-readonly-notice">
          <Notice kind="info" title={t("staff.readonly.title")}>
            <p>
              {t(
                claim.memberId === viewer.id
                  ? "staff.readonly.own"
                  : claim.status === "draft"
                  ? "staff.readonly.draft"
                  : claim.isSubmitted
                  ? "staff.readonly.text"
                  : "staff.readonly.never_sent",
              )}
            </p>
          </Notice>
        </div>
      )}
    </>
  );
}

/** On a phone everything stands below each other. */
function Jumps({ i18n, desk }: DeskProps) {
  const { t } = i18n;
  const places = [
    ["#documents", t("claim.documents")],
    ["#write", t("staff.jump.write")],
    ...(desk.moves.length > 0 ? [["#move", t("staff.move")]] : []),
    ["#notes", t("staff.notes")],
  ];
  return (
    <nav class="desk-jumps" aria-label={t("staff.jumps")}>
      <ul class="chips">
        {places.map(([href, text]) => (
          <li key={href}>
            <a href={href}>{text}</a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

/** What the member told. */
function Story({ i18n, desk }: DeskProps) {
  const { claim } = desk;
  return (
    <section class="card" aria-labelledby="story">
      <h2 class="card-title" id="story">{i18n.t("staff.told")}</h2>
      <p class="entry-text story-text">{claim.description || "–"}</p>
      <ClaimFacts i18n={i18n} claim={claim} />
    </section>
  );
}

function Thread(
  { i18n, locale, viewer, portal, desk, here, mayAct }: DeskProps & { readonly mayAct: boolean },
) {
  const { t } = i18n;
  const { claim, record, mark } = desk;
  const whole = `${here}${here.includes("?") ? "&" : "?"}all`;
  return (
    <section class="section" aria-labelledby="thread">
      <h2 id="thread">{t("claim.timeline")}</h2>
      {record.hasEarlier && <a href={whole}>{t("claim.timeline.all")}</a>}
      {!mayAct && <p class="fine">{t("staff.readonly.messages")}</p>}
      <div data-live="thread" data-live-mark={mark}>
        <Timeline i18n={i18n} reader={viewer} entries={timelineOf(record)} />
      </div>
      <span id="latest" />
      <LiveClaim
        url={deskHref(locale, portal, claim.id, "/live")}
        mark={mark}
        changed={t("claim.live.changed")}
        lost={t("claim.live.lost")}
        reload={t("claim.live.reload")}
      />
    </section>
  );
}
