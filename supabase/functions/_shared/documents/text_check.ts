/** Whether a file is plain text: UTF-8 that nothing would run or render. */

/**
 * `plain` text; `script` names a program that runs it; `markup` holds a page, a picture or code that
 * is written as text; `other` is a format that is text underneath; `binary` is no text.
 */
export type TextVerdict = "plain" | "script" | "markup" | "other" | "binary";

/** Controls but for tabs, line ends and page breaks; terminals act on them. */
// deno-lint-ignore no-control-regex
const CONTROLS = /[\u0000-\u0008\u000e-\u001f\u007f]/;

/**
 * What opens a page or something active, any closing tag, and any tag that reacts to something. Nobody
 * who writes `<anna@example.com>`, `a < b` or `<image001.png>` is meant.
 */
const MARKUP = new RegExp(
  [
    /<!doctype/,
    /<!\[cdata/,
    /<\?(?:xml|php|=)/,
    /<(?:html|head|body|script|style|svg|math|iframe|frameset|object|embed|applet|meta|base|form|img|video|audio|template|noscript)(?=[\s/>])/,
    /<xsl:/,
    /<a\s+[a-z-]+\s*=/,
    /<\/[a-z][a-z0-9:-]{0,40}\s*>/,
    /<[a-z][^<>]{0,200}\s(?:on[a-z]{2,20}|style|src|href)\s*=/,
  ].map(({ source }) => source).join("|"),
  "i",
);

/** Kept of the text before, so that nothing hides between two chunks. */
const OVERLAP = 300;

/** Looks at a file's bytes as they come. */
export interface TextCheck {
  take(chunk: Uint8Array): void;
  end(): TextVerdict;
}

/** Starts to look at a file. */
export function createTextCheck(): TextCheck {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let verdict: TextVerdict | undefined;
  let before = "";
  let isBegun = false;

  function look(text: string): void {
    if (text === "") return;
    if (!isBegun) {
      isBegun = true;
      verdict = beginning(text);
    }
    if (CONTROLS.test(text)) verdict = "binary";
    const both = before + text;
    if (verdict === undefined && MARKUP.test(both)) verdict = "markup";
    before = both.slice(-OVERLAP);
  }

  return {
    take(chunk) {
      // Markup may still turn out to be no text at all.
      if (verdict === "binary") return;
      try {
        look(decoder.decode(chunk, { stream: true }));
      } catch {
        verdict = "binary";
      }
    },
    end() {
      if (verdict === "binary") return verdict;
      try {
        look(decoder.decode());
      } catch {
        return "binary";
      }
      return verdict ?? "plain";
    },
  };
}

function beginning(text: string): TextVerdict | undefined {
  if (text.startsWith("#!")) return "script";
  // PostScript and RTF are text, and programs or containers besides.
  if (text.startsWith("%!") || text.startsWith("{\\rtf")) return "other";
  return undefined;
}
