import type { ComponentChildren } from "preact";
import { SmallBridge } from "./pictures/SmallBridge.tsx";

/** Props of {@linkcode EmptyState}. */
export interface EmptyStateProps {
  readonly title: string;
  readonly text: string;
  /** What to do next. */
  readonly children?: ComponentChildren;
}

/** Says that there is nothing here, why, and what to do instead. */
export function EmptyState({ title, text, children }: EmptyStateProps) {
  return (
    <div class="empty">
      <SmallBridge />
      <h1>{title}</h1>
      <p class="lead">{text}</p>
      {children && <div class="actions">{children}</div>}
    </div>
  );
}
