/** What a badge's colour means. */
export type BadgeTone = "good" | "warning" | "bad" | "info" | "neutral";

/** Props of {@linkcode Badge}. */
export interface BadgeProps {
  readonly tone: BadgeTone;
  readonly text: string;
}

/** A state in one or two words. */
export function Badge({ tone, text }: BadgeProps) {
  return <span class={`badge badge-${tone}`}>{text}</span>;
}
