import { type Context, HttpError, page } from "fresh";
import { z } from "zod";
import { type Claim, mayCancel, MOST } from "@core/claims/claim.ts";
import { unlessRefused } from "@core/claims/claim_refusals.ts";
import { readClaimMark, readOwnClaim } from "@core/claims/claim_store.ts";
import { writeMessage } from "@core/claims/message_store.ts";
import { type ClaimRecord, openRequests, timelineOf } from "@core/claims/timeline.ts";
import { readClaimRecord } from "@core/claims/timeline_store.ts";
import type { MessageKey } from "@core/platform/i18n.ts";
import { Card } from "../../../../../../components/Card.tsx";
import { AskedFor } from "../../../../../../components/claims/AskedFor.tsx";
import { ClaimFacts } from "../../../../../../components/claims/ClaimFacts.tsx";
import { ClaimHead } from "../../../../../../components/claims/ClaimHead.tsx";
import { ClaimNotices } from "../../../../../../components/claims/ClaimNotices.tsx";
import { DocumentList } from "../../../../../../components/claims/DocumentList.tsx";
import { EvidenceBox } from "../../../../../../components/claims/EvidenceBox.tsx";
import { MessageForm } from "../../../../../../components/claims/MessageForm.tsx";
import { Timeline } from "../../../../../../components/claims/Timeline.tsx";
import { Icon } from "../../../../../../components/Icon.tsx";
import { Page } from "../../../../../../components/Page.tsx";
import LiveClaim from "../../../../../../islands/LiveClaim.tsx";
import { noteClaimRead } from "../../../../../../site/claim_news.ts";
import { claimHref } from "../../../../../../site/claim_links.ts";
import { claimIdOf, mayStill, ownClaim } from "../../../../../../site/claim_pages.ts";
import { uploadPolicy } from "../../../../../../site/evidence.ts";
import { hasFile } from "../../../../../../site/file_form.ts";
import { type Problem, readForm, type Typed } from "../../../../../../site/forms.ts";
import { viewerOf } from "../../../../../../site/guards.ts";
import { takeUploadForm } from "../../../../../../site/upload_form.ts";
import { define, type State } from "../../../../../../utils.ts";

interface ClaimData {
  readonly claim: Claim;
  readonly record: ClaimRecord;
  /** Mark of what the page shows, for the stream of news. */
  readonly mark: string;
  /** Id that the next message will have. */
  readonly messageId: string;
  readonly typed: Typed;
  readonly problems: readonly Problem[];
  readonly file: FileTry | null;
}

/** A file of the plain form that was not taken. */
interface FileTry {
  readonly problem: MessageKey;
  readonly requestId: string | null;
}

const missing: MessageKey = "claim.message.missing";
const long: MessageKey = "claim.message.long";
const Message = z.object({
  id: z.uuid(),
  body: z.string(missing).trim().min(1, missing)
    .refine((text) => [...text].length <= MOST.message, long),
});

/** Messages that a member may write in an hour. */
const AN_HOUR = 60;

/** A claim that was sent: where it stands, what happened, and the conversation. */
export const handler = define.handlers({
  async GET(ctx) {
    return await show(ctx, 200);
  },

  async POST(ctx) {
    const { state, req } = ctx;
    const claim = await ownClaim(ctx);
    const here = claimHref(state.locale, claim.id);
    if (hasFile(req)) {
      const outcome = await takeUploadForm(state, req, claim.id);
      if (outcome.stored) return ctx.redirect(`${here}?uploaded#documents`, 303);
      const { problem, requestId } = outcome;
      return await show(ctx, outcome.status, { file: { problem, requestId } });
    }
    const form = await readForm(req, Message);
    const again = (problems: readonly Problem[], status: number) =>
      show(ctx, status, { typed: form.typed, problems: problems.map(withBounds) });
    if (!form.ok) return await again(form.problems, 422);
    if (!await mayStill(state, "message", AN_HOUR)) {
      return await again([{ field: "body", key: "claim.message.too_many" }], 429);
    }
    const { id, body } = form.value;
    const message = { id, claimId: claim.id, body };
    const outcome = await unlessRefused(state.db((tx) => writeMessage(tx, message)));
    if (outcome.kind === "done") return ctx.redirect(`${here}#latest`, 303);
    if (outcome.why === "not_found") throw new HttpError(404);
    return await again([{ field: "body", key: "claim.message.refused" }], 409);
  },
});

function withBounds(problem: Problem): Problem {
  return problem.key === long ? { ...problem, params: { max: MOST.message } } : problem;
}

async function show(
  ctx: Context<State>,
  status: number,
  again: Partial<Pick<ClaimData, "typed" | "problems" | "file">> = {},
) {
  const { state, url } = ctx;
  const id = claimIdOf(ctx);
  const whole = url.searchParams.has("all");
  const [claim, mark, record] = await state.db(async (tx) => {
    const read = await Promise.all([
      readOwnClaim(tx, viewerOf(state).id, id),
      readClaimMark(tx, id),
      readClaimRecord(tx, id, whole),
    ]);
    await noteClaimRead(state, tx, id);
    return read;
  });
  if (claim === null || mark === null) throw new HttpError(404);
  if (!claim.isSubmitted) {
    const rest = claim.status === "draft" ? "/edit/review" : "";
    const to = rest === ""
      ? `/${state.locale}/member/claims`
      : claimHref(state.locale, claim.id, rest);
    return ctx.redirect(to, 303);
  }
  state.policy = uploadPolicy(state);
  return page<ClaimData>({
    claim,
    record,
    mark,
    messageId: crypto.randomUUID(),
    typed: again.typed ?? {},
    problems: again.problems ?? [],
    file: again.file ?? null,
  }, { status });
}

export default define.page<typeof handler>(function ClaimPage({ data, state, url }) {
  const { i18n, locale } = state;
  const { t } = i18n;
  const { claim, record, mark, file } = data;
  const viewer = viewerOf(state);
  const here = claimHref(locale, claim.id);
  const requests = openRequests(record.messages);
  return (
    <Page i18n={i18n} title={claim.title} ready="member-claim-detail-ops-page" class="page">
      <ClaimNotices i18n={i18n} claim={claim} url={url} />
      <div data-live="head">
        <ClaimHead i18n={i18n} claim={claim} />
      </div>
      <AskedFor
        i18n={i18n}
        requests={requests}
        action={here}
        url={`${here}/evidence`}
        present={record.documents.length}
        problem={file?.requestId ? file : null}
      />
      <div class="claim-page">
        <div class="claim-talk">
          <section class="section" aria-labelledby="thread">
            <h2 id="thread">{t("claim.timeline")}</h2>
            {record.hasEarlier && <a href={`${here}?all`}>{t("claim.timeline.all")}</a>}
            <div data-live="thread" data-live-mark={mark}>
              <Timeline
                i18n={i18n}
                reader={viewer}
                entries={timelineOf(record)}
                answerHref={({ id }) => `${here}?asked=${id}#asked-${id}`}
              />
            </div>
            <span id="latest" />
            <LiveClaim
              url={`${here}/live`}
              mark={mark}
              changed={t("claim.live.changed")}
              lost={t("claim.live.lost")}
              reload={t("claim.live.reload")}
            />
          </section>
          <Card>
            <MessageForm
              i18n={i18n}
              action={here}
              messageId={data.messageId}
              label={t("claim.message")}
              hint={t(claim.isOpen ? "claim.message.hint" : "claim.message.hint_closed")}
              send={t("claim.message.send")}
              typed={data.typed}
              problems={data.problems}
            />
          </Card>
        </div>
        <div class="claim-side">
          <Card title={t("claim.told")}>
            <ClaimFacts i18n={i18n} claim={claim} />
            <details class="more">
              <summary>{t("claim.description")}</summary>
              <p class="entry-text">{claim.description}</p>
            </details>
          </Card>
          <section class="card" id="documents" aria-labelledby="documents-title">
            <h2 class="card-title" id="documents-title">{t("claim.documents")}</h2>
            <div data-live="documents">
              {record.documents.length === 0 ? <p>{t("claim.no_documents")}</p> : (
                <DocumentList
                  i18n={i18n}
                  reader={viewer}
                  documents={record.documents}
                  actions={({ id, name }) => (
                    <a href={`/${locale}/member/documents/${id}`}>
                      {t("evidence.who_opened")}
                      <span class="visually-hidden">{` ${name}`}</span>
                    </a>
                  )}
                />
              )}
            </div>
            {claim.isOpen && (
              <EvidenceBox
                i18n={i18n}
                action={`${here}#documents`}
                url={`${here}/evidence`}
                formId={crypto.randomUUID()}
                present={record.documents.length}
                label={t("evidence.add")}
                problem={file !== null && file.requestId === null ? file.problem : null}
              />
            )}
          </section>
          <Card title={t("claim.more")}>
            <ul class="ways">
              <li>
                <Icon name="link" size={20} />
                <a href={`${here}/share`}>{t("claim.more.share")}</a>
              </li>
              {mayCancel(claim) && (
                <li>
                  <Icon name="stop" size={20} />
                  <a href={`${here}/cancel`}>{t("claim.more.cancel")}</a>
                </li>
              )}
            </ul>
          </Card>
        </div>
      </div>
    </Page>
  );
});
