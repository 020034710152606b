import type { ComponentChildren } from "preact";
import { Icon } from "../Icon.tsx";

/** Props of {@linkcode Outcome}. */
export interface OutcomeProps {
  readonly title: string;
  readonly text: string;
  /** Whether all is well. */
  readonly good: boolean;
  /** Name for tests. */
  readonly testId: string;
  /** What to do next. */
  readonly children?: ComponentChildren;
}

/** Says what became of a link from a mail. */
export function Outcome({ title, text, good, testId, children }: OutcomeProps) {
  return (
    <div class="outcome" data-testid={testId}>
      <span class={good ? "arch" : "arch arch-quiet"} aria-hidden="true">
        <Icon name={good ? "check" : "info"} size={32} />
      </span>
      <h1>{title}</h1>
      <p class="lead">{text}</p>
      {children && <div class="outcome-next">{children}</div>}
    </div>
  );
}
