/** One of several things to look at. */
export interface Chip {
  readonly text: string;
  /** Query of the same page, with `?`. */
  readonly href: string;
  readonly isCurrent: boolean;
  /** How many there are. */
  readonly figure?: string;
  /** Whether somebody should look. */
  readonly isAlarming?: boolean;
}

/** Props of {@linkcode Chips}. */
export interface ChipsProps {
  /** What the choice is about, for those who hear it. */
  readonly label: string;
  readonly chips: readonly Chip[];
}

/** A choice by links, so that every state of a page has an address. */
export function Chips({ label, chips }: ChipsProps) {
  return (
    <nav aria-label={label}>
      <ul class="chips">
        {chips.map(({ text, href, isCurrent, figure, isAlarming }) => (
          <li key={href}>
            <a href={href} aria-current={isCurrent ? "true" : undefined}>
              {text}
              {figure !== undefined && (
                <span class={isAlarming ? "chip-figure chip-figure-some" : "chip-figure"}>
                  {figure}
                </span>
              )}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
