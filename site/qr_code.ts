/** QR codes as one path of an SVG, so that a page carries its own and asks nobody for it. */
import { encode } from "uqr";

/** A QR code to be drawn. */
export interface QrCode {
  /** Modules along an edge, the quiet zone included. */
  readonly size: number;
  /** Its dark modules as the `d` of a path, a module being one unit. */
  readonly path: string;
}

/** Light modules around the code; fewer, and scanners miss it. */
const QUIET = 4;

/**
 * The QR code of a text, readable with a sixth of it soiled. Pure.
 *
 * @param text What scanners read: up to about 2,000 letters, of which a link has a hundred.
 */
export function qrCode(text: string): QrCode {
  const { data, size } = encode(text, { ecc: "M", border: QUIET });
  return { size, path: data.map((row, y) => rowPath(row, y)).join("") };
}

/** Dark modules that lie side by side are one stroke. */
function rowPath(row: readonly boolean[], y: number): string {
  let path = "";
  for (let x = 0; x < row.length; x++) {
    if (!row[x]) continue;
    const from = x;
    while (row[x + 1]) x++;
    const width = x - from + 1;
    path += `M${from} ${y}h${width}v1h-${width}z`;
  }
  return path;
}
