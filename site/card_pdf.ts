/** The membership card as a PDF: one page with the card in its true size, to be cut out or shown. */
import fontkit from "@pdf-lib/fontkit";
import { PDFDocument, type PDFFont, type PDFPage, rgb } from "pdf-lib";
import { qrCode } from "./qr_code.ts";

/** What stands on the card; texts are in the reader's language. */
export interface PrintedCard {
  readonly brand: string;
  readonly title: string;
  readonly name: string;
  /** Names and values, from the top. */
  readonly facts: readonly (readonly [name: string, value: string])[];
  /** What scanners read. */
  readonly code: string;
  /** What the code is for. */
  readonly hint: string;
}

/** Points of a millimetre. */
const MM = 72 / 25.4;
/** A4, and a card as ISO 7810 ID-1 has it. */
const SHEET = { width: 210 * MM, height: 297 * MM };
const CARD = { width: 85.6 * MM, height: 53.98 * MM };

const DEEP = rgb(13 / 255, 64 / 255, 56 / 255);
const PALE = rgb(240 / 255, 247 / 255, 244 / 255);
const SOFT = rgb(184 / 255, 211 / 255, 202 / 255);
const INK = rgb(18 / 255, 48 / 255, 43 / 255);

let font: Promise<Uint8Array> | undefined;

/** The one font of our PDFs: Latin with ë, ç and š, and Cyrillic. */
function readFont(): Promise<Uint8Array> {
  font ??= Deno.readFile(new URL("./fonts/dejavu-sans.ttf", import.meta.url));
  return font;
}

/**
 * Prints a card.
 *
 * @param card What stands on it.
 * @param madeAt When, for the file's own facts.
 * @returns The file.
 */
export async function printCard(card: PrintedCard, madeAt: Date): Promise<Uint8Array<ArrayBuffer>> {
  const file = await PDFDocument.create();
  file.registerFontkit(fontkit);
  const letters = await file.embedFont(await readFont(), { subset: true });
  file.setTitle(card.title);
  file.setCreationDate(madeAt);
  file.setModificationDate(madeAt);
  const sheet = file.addPage([SHEET.width, SHEET.height]);
  const left = (SHEET.width - CARD.width) / 2;
  const bottom = SHEET.height - 40 * MM - CARD.height;
  sheet.drawRectangle({ x: left, y: bottom, ...CARD, color: DEEP });
  const side = 27 * MM;
  const room = CARD.width - side - 15 * MM;
  drawWords(sheet, letters, card, left + 5 * MM, bottom + CARD.height, room);
  drawCode(sheet, card.code, left + CARD.width - side - 5 * MM, bottom + 5 * MM, side);
  sheet.drawText(shorten(card.hint, letters, 9, SHEET.width - 40 * MM), {
    x: left,
    y: bottom - 8 * MM,
    size: 9,
    font: letters,
    color: INK,
  });
  return new Uint8Array(await file.save());
}

function drawWords(
  sheet: PDFPage,
  font: PDFFont,
  card: PrintedCard,
  x: number,
  top: number,
  room: number,
) {
  sheet.drawText(shorten(card.brand, font, 11, CARD.width - 10 * MM), {
    x,
    y: top - 9 * MM,
    size: 11,
    font,
    color: PALE,
  });
  const title = font.widthOfTextAtSize(card.title, 6.5);
  if (font.widthOfTextAtSize(card.brand, 11) + title < CARD.width - 14 * MM) {
    const end = x + CARD.width - 10 * MM;
    sheet.drawText(card.title, { x: end - title, y: top - 9 * MM, size: 6.5, font, color: SOFT });
  }
  const size = fitting(card.name, font, 13, 8, room);
  sheet.drawText(shorten(card.name, font, size, room), {
    x,
    y: top - 20 * MM,
    size,
    font,
    color: PALE,
  });
  card.facts.forEach(([name, value], at) => {
    const y = top - (27 + at * 8.5) * MM;
    sheet.drawText(shorten(name, font, 6.5, room), { x, y, size: 6.5, font, color: SOFT });
    sheet.drawText(shorten(value, font, 9, room), {
      x,
      y: y - 3.6 * MM,
      size: 9,
      font,
      color: PALE,
    });
  });
}

function drawCode(sheet: PDFPage, text: string, x: number, y: number, side: number) {
  const { size, path } = qrCode(text);
  sheet.drawRectangle({ x, y, width: side, height: side, color: rgb(1, 1, 1) });
  // A path is drawn downwards from its corner at the top.
  sheet.drawSvgPath(path, { x, y: y + side, scale: side / size, color: rgb(0, 0, 0) });
}

/** The largest size, of those between, at which a text has room. */
function fitting(text: string, font: PDFFont, most: number, least: number, room: number): number {
  for (let size = most; size > least; size -= 0.5) {
    if (font.widthOfTextAtSize(text, size) <= room) return size;
  }
  return least;
}

/** A text that has room, with an ellipsis where it was too long. */
function shorten(text: string, font: PDFFont, size: number, room: number): string {
  const letters = [...text];
  if (font.widthOfTextAtSize(text, size) <= room) return text;
  while (letters.length > 1 && font.widthOfTextAtSize(`${letters.join("")}…`, size) > room) {
    letters.pop();
  }
  return `${letters.join("").trimEnd()}…`;
}
