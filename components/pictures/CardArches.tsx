/** Arches behind the words of a membership card. */
export function CardArches() {
  return (
    <svg
      class="card-arches"
      viewBox="0 0 400 250"
      preserveAspectRatio="xMaxYMax slice"
      aria-hidden="true"
    >
      <circle class="card-sun" cx="292" cy="150" r="34" />
      <path d="M214 250v-18a58 58 0 0 1 116 0v18Z" />
      <path d="M344 250v-30a74 74 0 0 1 148 0v30Z" />
      <path d="M104 250v-6a48 48 0 0 1 96 0v6Z" />
    </svg>
  );
}
