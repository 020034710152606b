import { type Context, HttpError, page } from "fresh";
import { z } from "zod";
import { type Claim, MOST } from "@core/claims/claim.ts";
import { unlessRefused } from "@core/claims/claim_refusals.ts";
import { readClaim, readClaimMark } from "@core/claims/claim_store.ts";
import { writeMessage } from "@core/claims/message_store.ts";
import { type ClaimRecord, timelineOf } from "@core/claims/timeline.ts";
import { readClaimRecord } from "@core/claims/timeline_store.ts";
import type { MessageKey } from "@core/platform/i18n.ts";
import { Card, Facts } from "../../../../../../components/Card.tsx";
import { ClaimFacts } from "../../../../../../components/claims/ClaimFacts.tsx";
import { DocumentList } from "../../../../../../components/claims/DocumentList.tsx";
import { EvidenceBox } from "../../../../../../components/claims/EvidenceBox.tsx";
import { MessageForm } from "../../../../../../components/claims/MessageForm.tsx";
import { Timeline } from "../../../../../../components/claims/Timeline.tsx";
import { phoneHref } from "../../../../../../components/Contact.tsx";
import { Notice } from "../../../../../../components/Notice.tsx";
import { Page } from "../../../../../../components/Page.tsx";
import { AgentClaimHead } from "../../../../../../components/staff/AgentClaimHead.tsx";
import LiveClaim from "../../../../../../islands/LiveClaim.tsx";
import { type DeskMember, readMember } from "../../../../../../site/claim_desk.ts";
import { noteClaimSeen } from "../../../../../../site/claim_news.ts";
import { claimIdOf, mayStill } from "../../../../../../site/claim_pages.ts";
import { uploadPolicy } from "../../../../../../site/evidence.ts";
import { hasFile } from "../../../../../../site/file_form.ts";
import { type Problem, readForm, type Typed } from "../../../../../../site/forms.ts";
import { viewerOf } from "../../../../../../site/guards.ts";
import { takeUploadForm } from "../../../../../../site/upload_form.ts";
import { define, type State } from "../../../../../../utils.ts";

interface AgentClaim {
  readonly claim: Claim;
  readonly member: DeskMember;
  readonly record: ClaimRecord;
  /** Mark of what the page shows, for the stream of news. */
  readonly mark: string;
  readonly typed: Typed;
  readonly problems: readonly Problem[];
  readonly fileProblem: MessageKey | null;
}

const missing: MessageKey = "claim.message.missing";
const long: MessageKey = "claim.message.long";
const Message = z.object({
  id: z.uuid(),
  body: z.string(missing).trim().min(1, missing)
    .refine((text) => [...text].length <= MOST.message, long),
});

/** Messages that an agent may write in an hour. */
const AN_HOUR = 120;

/** A claim of a member whom the agent looks after: how far it is, and the conversation. */
export const handler = define.handlers({
  GET: (ctx) => show(ctx, 200),

  async POST(ctx) {
    const { state, req } = ctx;
    const id = claimIdOf(ctx);
    const here = `/${state.locale}/agent/claims/${id}`;
    if (await state.db((tx) => readClaim(tx, id)) === null) throw new HttpError(404);
    if (hasFile(req)) {
      const outcome = await takeUploadForm(state, req, id);
      if (outcome.stored) return ctx.redirect(`${here}?uploaded#documents`, 303);
      return await show(ctx, outcome.status, { fileProblem: outcome.problem });
    }
    const form = await readForm(req, Message);
    const again = (problems: readonly Problem[], status: number) =>
      show(ctx, status, {
        typed: form.typed,
        problems: problems.map((problem) => ({ ...problem, params: { max: MOST.message } })),
      });
    if (!form.ok) return await again(form.problems, 422);
    if (!await mayStill(state, "message", AN_HOUR)) {
      return await again([{ field: "body", key: "claim.message.too_many" }], 429);
    }
    const message = { ...form.value, claimId: id };
    const outcome = await unlessRefused(state.db((tx) => writeMessage(tx, message)));
    if (outcome.kind === "done") return ctx.redirect(`${here}#latest`, 303);
    if (outcome.why === "not_found") throw new HttpError(404);
    return await again([{ field: "body", key: "claim.message.refused" }], 409);
  },
});

async function show(
  ctx: Context<State>,
  status: number,
  again: Partial<Pick<AgentClaim, "typed" | "problems" | "fileProblem">> = {},
) {
  const { state, url } = ctx;
  const id = claimIdOf(ctx);
  const read = await state.db(async (tx) => {
    const claim = await readClaim(tx, id);
    if (claim === null) return null;
    const [mark, record, member] = await Promise.all([
      readClaimMark(tx, id),
      readClaimRecord(tx, id, url.searchParams.has("all")),
      readMember(tx, claim.memberId),
    ]);
    await noteClaimSeen(state, tx, id);
    return mark === null || member === null ? null : { claim, mark, record, member };
  });
  if (read === null) throw new HttpError(404);
  state.policy = uploadPolicy(state);
  return page<AgentClaim>({
    ...read,
    typed: again.typed ?? {},
    problems: again.problems ?? [],
    fileProblem: again.fileProblem ?? null,
  }, { status });
}

export default define.page<typeof handler>(function AgentClaimPage({ data, state, url }) {
  const { i18n, locale } = state;
  const { t } = i18n;
  const { claim, member, record, mark } = data;
  const viewer = viewerOf(state);
  const here = `/${locale}/agent/claims/${claim.id}`;
  const name = member.fullName || member.email;
  return (
    <Page i18n={i18n} title={claim.title} ready="agent-claim-ready" class="page">
      {url.searchParams.has("uploaded") && (
        <Notice kind="good">
          <p>{t("staff.done.upload")}</p>
        </Notice>
      )}
      <header class="page-head">
        <p>
          <a href={`/${locale}/agent/claims`}>{t("agent.claims.title")}</a>
        </p>
        <div data-live="head">
          <AgentClaimHead i18n={i18n} claim={claim} />
        </div>
      </header>
      <div class="claim-page">
        <div class="claim-talk">
          <section class="section" aria-labelledby="thread">
            <h2 id="thread">{t("claim.timeline")}</h2>
            {record.hasEarlier && <a href={`${here}?all`}>{t("claim.timeline.all")}</a>}
            <div data-live="thread" data-live-mark={mark}>
              <Timeline i18n={i18n} reader={viewer} entries={timelineOf(record)} />
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
              messageId={data.typed["id"] ?? crypto.randomUUID()}
              label={t("agent.claim.message")}
              hint={t("agent.claim.message_hint", { name })}
              send={t("claim.message.send")}
              typed={data.typed}
              problems={data.problems}
            />
          </Card>
        </div>
        <div class="claim-side">
          <Card title={t("role.member")}>
            <p class="desk-whose">{name}</p>
            <Facts
              facts={[
                { name: t("member.card.number"), value: member.memberNumber ?? "–" },
                ...(member.phone
                  ? [{
                    name: t("help.phone"),
                    value: <a href={phoneHref(member.phone)}>{member.phone}</a>,
                  }]
                  : []),
                {
                  name: t("desk.email"),
                  value: <a href={`mailto:${member.email}`}>{member.email}</a>,
                },
              ]}
            />
          </Card>
          <Card title={t("staff.told")}>
            <ClaimFacts i18n={i18n} claim={claim} />
            <details class="more">
              <summary>{t("claim.description")}</summary>
              <p class="entry-text">{claim.description}</p>
            </details>
          </Card>
          <section class="card" id="documents" aria-labelledby="documents-title">
            <h2 class="card-title" id="documents-title">{t("agent.claim.documents")}</h2>
            <div data-live="documents">
              {record.documents.length === 0
                ? <p>{t("agent.claim.no_documents")}</p>
                : <DocumentList i18n={i18n} reader={viewer} documents={record.documents} />}
            </div>
            {claim.isOpen && (
              <EvidenceBox
                i18n={i18n}
                action={`${here}#documents`}
                url={`${here}/evidence`}
                formId={crypto.randomUUID()}
                present={record.documents.length}
                label={t("staff.document.add")}
                problem={data.fileProblem}
              />
            )}
          </section>
        </div>
      </div>
    </Page>
  );
});
