import type { NpsGroup } from "../../site/nps_score.ts";

/** Props of {@linkcode Bar}. */
export interface BarProps {
  /** Length, 0 to 1. */
  readonly share: number;
  readonly tone: NpsGroup;
}

/** A bar as long as its share. Its length is an attribute, since pages allow no styles in elements. */
export function Bar({ share, tone }: BarProps) {
  return (
    <svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
      <rect class="bar-ground" width="100" height="10" />
      <rect class={`bar-${tone}`} width={Math.round(share * 1000) / 10} height="10" />
    </svg>
  );
}
