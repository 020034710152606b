import { ACCEPT } from "@core/claims/file_type.ts";
import { MAX_DOCUMENTS, MAX_FILE_BYTES } from "@core/claims/timeline.ts";
import type { I18n, MessageKey } from "@core/platform/i18n.ts";
import EvidenceUpload, { type UploadWords } from "../../islands/EvidenceUpload.tsx";
import { Icon } from "../Icon.tsx";

/** Everything that can be wrong with a file, as Storage, the function and the site say it. */
export const FILE_PROBLEMS = [
  "empty_file",
  "too_large",
  "too_many",
  "too_fast",
  "wrong_type",
  "wrong_size",
  "dangerous_file",
  "executable",
  "archive",
  "markup",
  "polyglot",
  "too_many_pixels",
  "video",
  "unknown_type",
  "not_uploaded",
  "expired",
  "not_found",
  "malformed",
  "none_chosen",
  "unavailable",
] as const;

/** Props of {@linkcode EvidenceBox}. */
export interface EvidenceBoxProps {
  readonly i18n: I18n;
  /** The page, which takes the plain form (`act=upload`, multipart). */
  readonly action: string;
  /** `…/evidence`, which takes announcements of files. */
  readonly url: string;
  /** Id for the plain form's document, made for this page. */
  readonly formId: string;
  /** Documents that the claim has already. */
  readonly present: number;
  readonly category?: string;
  /** Request that the files answer; none if left out. */
  readonly requestId?: string | null;
  /** What is to be sent, if it is something certain. */
  readonly label?: string;
  /** Where to go when all files are stored; the page stays if left out. */
  readonly doneHref?: string;
  /** What was wrong with the file of the plain form. */
  readonly problem?: MessageKey | null;
}

/** The place to send photos and papers to a claim. */
export function EvidenceBox(props: EvidenceBoxProps) {
  const { i18n, problem = null, requestId = null } = props;
  const room = Math.max(0, MAX_DOCUMENTS - props.present);
  return (
    <div class="evidence-box">
      {problem && (
        <p class="field-problem" role="alert" id="file-problem">
          <Icon name="warning" size={18} />
          <span>{i18n.t(problem, BOUNDS)}</span>
        </p>
      )}
      {room === 0
        ? <p class="fine">{i18n.t("evidence.full", { max: MAX_DOCUMENTS })}</p>
        : (
          <EvidenceUpload
            url={props.url}
            action={props.action}
            formId={props.formId}
            category={props.category ?? "evidence"}
            requestId={requestId}
            room={room}
            maxBytes={MAX_FILE_BYTES}
            accept={ACCEPT}
            doneHref={props.doneHref ?? null}
            words={wordsOf(i18n, props.label)}
          />
        )}
    </div>
  );
}

/** Numbers that the sentences name. */
const BOUNDS = { mb: Math.floor(MAX_FILE_BYTES / 1_048_576), max: MAX_DOCUMENTS };

function wordsOf(i18n: I18n, label: string | undefined): UploadWords {
  const { t } = i18n;
  return {
    label: label ?? t("evidence.label"),
    hint: t("evidence.hint", BOUNDS),
    choose: t("evidence.choose"),
    photo: t("evidence.photo"),
    drop: t("evidence.drop"),
    send: t("evidence.send"),
    waiting: t("evidence.waiting"),
    sending: t("evidence.sending"),
    checking: t("evidence.checking"),
    cancel: t("evidence.cancel"),
    retry: t("evidence.retry"),
    remove: t("evidence.remove"),
    stored: t("evidence.stored"),
    problems: Object.fromEntries(
      FILE_PROBLEMS.map((code) => [code, t(`evidence.problem.${code}`, BOUNDS)]),
    ),
  };
}
