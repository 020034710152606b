import assert from "node:assert/strict";
import jsQr from "jsqr";
import { qrCode } from "./qr_code.ts";

/** Draws a code as a camera would see it. */
function picture({ size, path }: ReturnType<typeof qrCode>, edge = 4): Uint8ClampedArray {
  const pixels = new Uint8ClampedArray((size * edge) ** 2 * 4).fill(255);
  for (const [, x, y, width] of path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\d+z/g)) {
    for (let row = Number(y) * edge; row < (Number(y) + 1) * edge; row++) {
      const from = (row * size + Number(x)) * edge * 4;
      for (let at = 0; at < Number(width) * edge; at++) {
        pixels.fill(0, from + at * 4, from + at * 4 + 3);
      }
    }
  }
  return pixels;
}

function read(text: string): string | undefined {
  const code = qrCode(text);
  return jsQr.default(picture(code), code.size * 4, code.size * 4)?.data;
}

Deno.test("qrCode() is read back as the link that it was made of", () => {
  for (
    const text of [
      "https://interdomestik.example/sq?ref=AB12CD34",
      `https://interdomestik.example/mk/verify/${"Ab_-".repeat(11)}`,
      "Ѓорѓи, ë š",
    ]
  ) assert.equal(read(text), text);
});

Deno.test("qrCode() leaves a quiet zone of four modules on every side", () => {
  const { size, path } = qrCode("https://interdomestik.example");
  const rows = [...path.matchAll(/M(\d+) (\d+)h(\d+)/g)].map((match) => match.map(Number));
  assert.equal(Math.min(...rows.map(([, x = 0]) => x)), 4);
  assert.equal(Math.min(...rows.map(([, , y = 0]) => y)), 4);
  assert.equal(Math.max(...rows.map(([, x = 0, , width = 0]) => x + width)), size - 4);
  assert.equal(Math.max(...rows.map(([, , y = 0]) => y + 1)), size - 4);
});
