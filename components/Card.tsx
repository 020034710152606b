import type { ComponentChildren } from "preact";

/** Props of {@linkcode Card}. */
export interface CardProps {
  readonly title?: string;
  readonly children: ComponentChildren;
}

/** Things that belong together. */
export function Card({ title, children }: CardProps) {
  return (
    <section class="card">
      {title && <h2 class="card-title">{title}</h2>}
      {children}
    </section>
  );
}

/** One line of {@linkcode Facts}. */
export interface Fact {
  readonly name: string;
  readonly value: ComponentChildren;
}

/** Names and values, as in a passport. */
export function Facts({ facts }: { readonly facts: readonly Fact[] }) {
  return (
    <dl class="facts">
      {facts.map(({ name, value }) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
