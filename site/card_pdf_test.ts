import assert from "node:assert/strict";
import fontkit from "@pdf-lib/fontkit";
import { PDFDocument } from "pdf-lib";
import { printCard } from "./card_pdf.ts";

const CARD = {
  brand: "Interdomestik",
  title: "Karta",
  name: "Përparim Çela",
  facts: [["Број", "KS-2026-000123"], ["Važi do", "24. 11. 2027."]],
  code: "https://ks.example.test/sq/verify/abc",
  hint: "Skanojeni",
} as const;

Deno.test("printCard() makes one page for every name of our four languages", async () => {
  for (
    const name of ["Përparim Çela", "Живко Ѓорѓиевски-Ѝ", "Đorđe Šćepanović", "N".repeat(200)]
  ) {
    const bytes = await printCard({ ...CARD, name }, new Date("2026-11-24T00:00:00Z"));
    assert.equal(new TextDecoder().decode(bytes.subarray(0, 5)), "%PDF-");
    const file = await PDFDocument.load(bytes);
    assert.equal(file.getPageCount(), 1);
  }
});

Deno.test("the font of the card has every letter of our four languages", async () => {
  const bytes = await Deno.readFile(new URL("./fonts/dejavu-sans.ttf", import.meta.url));
  const font = fontkit.create(bytes);
  const letters = "ëËçÇšŠžŽćĆčČđĐ…·–" +
    "абвгдѓежзѕијклљмнњопрстќуфхцчџшѐѝАБВГДЃЕЖЗЅИЈКЛЉМНЊОПРСТЌУФХЦЧЏШЀЍ";
  for (const letter of letters) {
    assert.ok(font.hasGlyphForCodePoint(letter.codePointAt(0) ?? 0), letter);
  }
});
