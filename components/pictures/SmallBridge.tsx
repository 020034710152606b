/** The bridge in a few lines, for pages with little on them. */
export function SmallBridge() {
  return (
    <svg class="small-bridge" viewBox="0 0 240 110" width="240" height="110" aria-hidden="true">
      <circle class="scene-sun" cx="152" cy="44" r="26" />
      <path
        class="scene-middle"
        d="M0 78c26-18 46-22 74-12 30 10 46 8 76-8 34-18 60-10 90 12V96H0Z"
      />
      <path
        class="scene-bridge"
        fill-rule="evenodd"
        d="M0 74C44 66 78 46 120 46s76 20 120 28v22H0Zm28 22h40v-2a20 20 0 0 0-40 0Zm60 0h64v-6a32 32 0 0 0-64 0Zm84 0h40v-2a20 20 0 0 0-40 0Z"
      />
      <path class="scene-water-line" d="M4 98h232M40 105h60M132 105h74" />
    </svg>
  );
}
