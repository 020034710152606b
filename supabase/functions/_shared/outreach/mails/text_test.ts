import assert from "node:assert/strict";
import { LOCALES } from "@core/platform/i18n.ts";
import { renderMail } from "./render.ts";
import { sampleFacts } from "./samples.ts";
import { MAIL_TEMPLATES } from "./templates.ts";

Deno.test("lines of plain text fit a narrow window; only addresses are longer", () => {
  for (const template of MAIL_TEMPLATES) {
    for (const locale of LOCALES) {
      const { text } = renderMail(sampleFacts(template, locale, "https://ks.interdomestik.com"));
      for (const line of text.split("\n")) {
        assert.ok(
          line.length <= 72 || line.startsWith("https://"),
          `${template} ${locale}: ${line}`,
        );
        assert.equal(line, line.trimEnd(), `${template} ${locale}`);
      }
      assert.ok(text.endsWith("\n") && !text.endsWith("\n\n"), `${template} ${locale}`);
    }
  }
});

Deno.test("what somebody wrote is marked line by line", () => {
  const facts = sampleFacts("claim_document_requested", "en", "https://ks.interdomestik.com");
  const { text } = renderMail(facts);
  assert.match(text, /\nWhat we need\n> The boarding pass of the flight on 3 October\.\n> If you/);
});
