/** One span of {@linkcode Steps}. */
export interface Step {
  readonly title: string;
  readonly text: string;
}

/** A way in a few steps, drawn as the spans of a bridge. */
export function Steps({ steps }: { readonly steps: readonly Step[] }) {
  return (
    <ol class="steps">
      {steps.map(({ title, text }, at) => (
        <li key={title}>
          <span class="step-span" aria-hidden="true">
            <svg viewBox="0 0 200 70" preserveAspectRatio="none">
              <path d="M0 69C30 22 65 4 100 4s70 18 100 65" />
            </svg>
            <span class="step-number">{at + 1}</span>
          </span>
          <h3>{title}</h3>
          <p>{text}</p>
        </li>
      ))}
    </ol>
  );
}
