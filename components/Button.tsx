import type { ComponentChildren } from "preact";

/** How much weight a button has: one `primary` a page. */
export type ButtonKind = "primary" | "secondary" | "quiet";

/** Props of {@linkcode ButtonLink}. */
export interface ButtonLinkProps {
  readonly href: string;
  readonly kind?: ButtonKind;
  readonly large?: boolean;
  readonly children: ComponentChildren;
}

/** A link that looks like a button: it leads somewhere and changes nothing. */
export function ButtonLink({ href, kind = "primary", large, children }: ButtonLinkProps) {
  return <a href={href} class={buttonClass(kind, large)}>{children}</a>;
}

/** Class of anything that looks like a button. */
export function buttonClass(kind: ButtonKind, large = false): string {
  return `button button-${kind}${large ? " button-large" : ""}`;
}
