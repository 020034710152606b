import type { ComponentChildren } from "preact";
import { MOST } from "@core/claims/claim.ts";
import type { I18n } from "@core/platform/i18n.ts";
import SubmitOnce from "../../islands/SubmitOnce.tsx";
import type { Problem, Typed } from "../../site/forms.ts";
import { TextArea } from "../TextArea.tsx";

/** Props of {@linkcode MessageForm}. */
export interface MessageFormProps {
  readonly i18n: I18n;
  /** Where the form goes; the page itself. */
  readonly action: string;
  /** Id of the message to be, made for this page: sent twice it is one. */
  readonly messageId: string;
  readonly label: string;
  readonly hint?: string;
  /** What the button says. */
  readonly send: string;
  /** What was typed before a failed try. */
  readonly typed: Typed;
  readonly problems: readonly Problem[];
  /** Further fields, such as staff's choice between a message and a note. */
  readonly children?: ComponentChildren;
}

/**
 * Writes on a claim. Posts `act=message`, `id` and `body` to the page.
 */
export function MessageForm(props: MessageFormProps) {
  const { i18n, action, messageId, label, hint, send, typed, problems, children } = props;
  return (
    <form method="post" action={`${action}#write`} class="form" id="write" novalidate>
      <input type="hidden" name="act" value="message" />
      <input type="hidden" name="id" value={messageId} />
      {children}
      <TextArea
        i18n={i18n}
        name="body"
        label={label}
        {...(hint === undefined ? {} : { hint })}
        rows={4}
        maxLength={MOST.message}
        value={typed["body"]}
        problems={problems}
      />
      <div>
        <SubmitOnce
          text={send}
          busyText={i18n.t("form.busy")}
          class="button button-primary"
          testId="message-send"
        />
      </div>
    </form>
  );
}
