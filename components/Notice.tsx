import type { ComponentChildren } from "preact";
import { Icon, type IconName } from "./Icon.tsx";

/** What a notice is about. */
export type NoticeKind = "info" | "good" | "warning" | "problem";

const ICONS: Readonly<Record<NoticeKind, IconName>> = {
  info: "info",
  good: "check",
  warning: "clock",
  problem: "warning",
};

/** Props of {@linkcode Notice}. */
export interface NoticeProps {
  readonly kind: NoticeKind;
  readonly title?: string;
  readonly children?: ComponentChildren;
}

/** Something a person should know before going on. Colour is never the only sign. */
export function Notice({ kind, title, children }: NoticeProps) {
  return (
    <div class={`notice notice-${kind}`} role={kind === "problem" ? "alert" : "status"}>
      <Icon name={ICONS[kind]} />
      <div>
        {title && <p class="notice-title">{title}</p>}
        {children}
      </div>
    </div>
  );
}
