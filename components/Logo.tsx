/** The mark: a bridge of two arches under the rising sun. */
export function LogoMark({ size = 32 }: { readonly size?: number }) {
  return (
    <svg class="logo-mark" viewBox="0 0 32 32" width={size} height={size} aria-hidden="true">
      <circle class="logo-sun" cx="16" cy="6.2" r="4.2" />
      <path
        class="logo-bridge"
        d="M1 28V18.6C6 14.4 11 12.6 16 12.6s10 1.8 15 6V28h-3.2v-1.6a5 5 0 0 0-10 0V28h-3.6v-1.6a5 5 0 0 0-10 0V28Z"
      />
    </svg>
  );
}

/** Mark and name. */
export function Logo() {
  return (
    <span class="logo">
      <LogoMark />
      <span class="logo-name">Interdomestik</span>
    </span>
  );
}
