/** Arches behind the words of a membership card. */
export function CardArches() {
  return (
    <svg
      class="card-arches"
      viewBox="0 0 400 250"
      preserveAspectRatio="xMaxYMax slice"
      aria-hidden="true"
    >
      <circle class="card-sun" cx="318" cy="134" r="30" />
      <path d="M258 250v-42a50 50 0 0 1 100 0v42Z" />
      <path d="M370 250v-56a66 66 0 0 1 132 0v56Z" />
    </svg>
  );
}
