import { qrCode } from "../site/qr_code.ts";

/** Props of {@linkcode QrCode}. */
export interface QrCodeProps {
  /** What scanners read. */
  readonly text: string;
  /** What it is, for those who do not see it. */
  readonly label: string;
}

/** A QR code, dark on light in either theme: many scanners read no other. */
export function QrCode({ text, label }: QrCodeProps) {
  const { size, path } = qrCode(text);
  return (
    <svg
      class="qr-code"
      viewBox={`0 0 ${size} ${size}`}
      role="img"
      aria-label={label}
      shape-rendering="crispEdges"
      data-testid="qr-code"
    >
      <rect width={size} height={size} fill="#ffffff" />
      <path d={path} fill="#000000" />
    </svg>
  );
}
