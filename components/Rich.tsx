import type { ComponentChildren } from "preact";

/** Props of {@linkcode Rich}. */
export interface RichProps {
  /** A message whose `{name}` placeholders were not filled in. */
  readonly text: string;
  /** What to put in their place: links, emphasis, plain text. */
  readonly parts: Readonly<Record<string, ComponentChildren>>;
}

/** A message with elements in the place of its placeholders, in whatever order a language needs. */
export function Rich({ text, parts }: RichProps) {
  return (
    <>
      {text.split(/\{(\w+)\}/).map((piece, at) => at % 2 === 0 ? piece : parts[piece])}
    </>
  );
}
