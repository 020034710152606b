import type { ComponentChildren } from "preact";
import { Icon, type IconName } from "../Icon.tsx";

/** Something that waits for the agent. */
export interface ToDoLine {
  readonly key: string;
  readonly href: string;
  /** Whom it is about. */
  readonly name: string;
  /** What is the matter. */
  readonly what: ComponentChildren;
  readonly isUrgent?: boolean;
}

/** Props of {@linkcode ToDo}. */
export interface ToDoProps {
  readonly id: string;
  readonly icon: IconName;
  readonly title: string;
  readonly lines: readonly ToDoLine[];
}

/** Things of one kind that wait: each line is as wide as a thumb needs it. */
export function ToDo({ id, icon, title, lines }: ToDoProps) {
  if (lines.length === 0) return null;
  return (
    <section class="to-do" aria-labelledby={`to-do-${id}`} data-testid={`to-do-${id}`}>
      <h3 id={`to-do-${id}`}>
        <Icon name={icon} size={20} />
        {title}
      </h3>
      <ul>
        {lines.map(({ key, href, name, what, isUrgent }) => (
          <li key={key} class={isUrgent ? "to-do-urgent" : undefined}>
            <a href={href}>{name}</a>
            <span class="fine">{what}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
