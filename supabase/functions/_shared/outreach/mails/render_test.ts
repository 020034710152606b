import assert from "node:assert/strict";
import { join } from "node:path";
import { HtmlValidate, StaticConfigLoader } from "html-validate";
import { LANGUAGE_TAGS, LOCALES } from "@core/platform/i18n.ts";
import { type MailFacts, parseFacts } from "./facts.ts";
import { renderMail } from "./render.ts";
import { sampleFacts } from "./samples.ts";
import { COLOUR, DARK, FIXED } from "./parts/theme.ts";
import { isOptional, MAIL_TEMPLATES } from "./templates.ts";

const ORIGIN = "https://ks.interdomestik.com";

/** What strangers may call themselves, their case and what they write. */
const HOSTILE =
  '<script>alert("1")</script>\r\nBcc: a@b.test \u202e"><img src=x onerror=\'1\'> {name} /> &amp;';

/** Every mail in every language: as usual, with as little known as possible, and with hostile words. */
const cases = MAIL_TEMPLATES.flatMap((template) =>
  LOCALES.flatMap((locale) => {
    const facts = sampleFacts(template, locale, ORIGIN);
    return [
      { name: `${template} in ${locale}`, kind: "usual", facts },
      { name: `${template} in ${locale}, little known`, kind: "bare", facts: bare(facts) },
      { name: `${template} in ${locale}, hostile`, kind: "hostile", facts: hostile(facts) },
    ] as const;
  })
);

Deno.test("every mail passes html-validate's recommended rules", async () => {
  const validator = new HtmlValidate(
    new StaticConfigLoader({
      extends: ["html-validate:recommended"],
      // Gmail and Outlook read styles from the elements.
      rules: { "no-inline-style": "off" },
    }),
  );
  for (const { name, kind, facts } of cases) {
    if (kind !== "usual" && facts.locale !== "sq") continue;
    const report = await validator.validateString(renderMail(facts).html);
    const found = report.results.flatMap(({ messages }) =>
      messages.map(({ ruleId, message }) => `${ruleId}: ${message}`)
    );
    assert.deepEqual(found, [], name);
  }
});

Deno.test("every mail says its language, twice: Gmail keeps only what is inside the body", () => {
  for (const { name, facts } of cases) {
    const { html } = renderMail(facts);
    const tag = LANGUAGE_TAGS[facts.locale];
    assert.ok(html.startsWith(`<!DOCTYPE html>\n<html lang="${tag}" dir="ltr">`), name);
    assert.equal(html.split(`lang="${tag}"`).length - 1, 2, name);
  }
});

Deno.test("no mail has an untranslated key, an empty placeholder or a missing value", () => {
  for (const { name, kind, facts } of cases) {
    const { subject, preheader, html, text } = renderMail(facts);
    const all = [subject, preheader, visible(html), text].join("\n");
    assert.doesNotMatch(
      all,
      /\b(?:mail|member|membership|role|plan|landing|help|site)\.[a-z_]+/,
      name,
    );
    assert.doesNotMatch(all, /undefined|\bnull\b|NaN|Invalid|\[object/, name);
    if (kind !== "hostile") assert.doesNotMatch(all, /[{}]/, name);
  }
});

Deno.test("the text part says what the HTML part says, and leads to the same places", () => {
  for (const { name, facts } of cases) {
    const { html, text } = renderMail(facts);
    const plain = squeezed(text.replace(/^> ?/gm, ""));
    for (const words of leaves(html)) {
      // The mark, numbers of steps, ticks, and the eleven answers: the text has one address for them.
      if (/^(?:Interdomestik|\d{1,2}|✓)$/.test(words)) continue;
      assert.ok(plain.includes(words), `${name}: the text lacks “${words}”`);
    }
    for (const link of links(html)) {
      if (/^(?:mailto|tel):/.test(link) || link.includes("score=")) continue;
      assert.ok(text.includes(`\n${link}\n`), `${name}: the text lacks ${link}`);
    }
    const inHtml = new Set(wordsOf(visible(html) + labels(html)));
    const missing = wordsOf(text.replace(/https?:\S+/g, "")).filter((word) => !inHtml.has(word));
    assert.deepEqual(missing, [], `${name}: the HTML lacks words of the text`);
  }
});

Deno.test("a mail leads to the site and to the tenant's own contact only, and loads nothing", () => {
  for (const { name, facts } of cases) {
    const { html, text } = renderMail(facts);
    for (const link of [...links(html), ...text.match(/\w+:\/\/\S+/g) ?? []]) {
      assert.match(link, /^(?:https:\/\/ks\.interdomestik\.com\/|mailto:|tel:\+\d+$)/, name);
    }
    const tags = html.match(/<[^<>]*>/g)?.join("\n") ?? "";
    assert.doesNotMatch(tags, /^<(?:img|script|link|iframe|object|form|base)\b/m, name);
    assert.doesNotMatch(tags, /\s(?:src|srcset|background|on[a-z]+)=/, name);
    assert.doesNotMatch(html, /url\(|@import/, name);
  }
});

Deno.test("a mail asks for one thing", () => {
  for (const { name, facts } of cases) {
    const buttons = renderMail(facts).html.split('class="m-on-brand"').length - 1;
    assert.equal(buttons, 1, name);
  }
});

Deno.test("mails that may be declined say where, and no other mail does", () => {
  for (const { name, facts } of cases) {
    const { html, text } = renderMail({ ...facts, unsubscribe: `${ORIGIN}/sq/unsubscribe/k` });
    const wanted = isOptional(facts.template);
    assert.equal(html.includes(`href="${ORIGIN}/sq/unsubscribe/k"`), wanted, name);
    assert.equal(text.includes(`${ORIGIN}/sq/unsubscribe/k`), wanted, name);
  }
});

Deno.test("subjects fit an inbox, end no header, and the preheader adds to them", () => {
  for (const { name, facts } of cases) {
    const { subject, preheader, html } = renderMail(facts);
    if (!name.endsWith("hostile")) assert.ok(subject.length <= 60, `${name}: ${subject}`);
    assert.doesNotMatch(subject + preheader, /[\p{Cc}\p{Cf}]/u, name);
    assert.notEqual(subject, preheader, name);
    assert.ok(squeezed(visible(html, false)).startsWith(preheader), name);
  }
});

Deno.test("hostile words stay words", () => {
  for (const { name, kind, facts } of cases) {
    if (kind !== "hostile") continue;
    const { html, text } = renderMail(facts);
    assert.doesNotMatch(html, /<script|<img|\u202e/, name);
    assert.doesNotMatch(text, /\u202e|\r/, name);
  }
});

Deno.test("the same facts give the same bytes, also after the ledger kept them as JSON", () => {
  for (const { name, facts } of cases) {
    const first = renderMail(facts);
    assert.deepEqual(renderMail(facts), first, name);
    const { unsubscribe, ...stored } = JSON.parse(JSON.stringify(facts));
    const again = parseFacts(stored, unsubscribe === undefined ? {} : { unsubscribe });
    assert.deepEqual(renderMail(again), first, name);
  }
});

Deno.test("the function's own settings render the same bytes as ours", async () => {
  const functions = join(import.meta.dirname ?? ".", "../../..");
  const script = `
    import { parseFacts } from "@core/outreach/mails/facts.ts";
    import { renderMail } from "@core/outreach/mails/render.ts";
    const facts = JSON.parse(await new Response(Deno.stdin.readable).text());
    console.log(JSON.stringify(facts.map((each) => renderMail(parseFacts(each)))));`;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["eval", "--no-lock", "--config", join(functions, "cron/deno.json"), "--ext=ts", script],
    cwd: join(functions, "cron"),
    env: { NO_COLOR: "1" },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const input = child.stdin.getWriter();
  await input.write(new TextEncoder().encode(JSON.stringify(cases.map(({ facts }) => facts))));
  await input.close();
  const { stdout, stderr } = await child.output();
  const said = new TextDecoder().decode(stdout);
  assert.notEqual(said, "", new TextDecoder().decode(stderr));
  const rendered = JSON.parse(said);
  for (const [at, { name, facts }] of cases.entries()) {
    assert.deepEqual(rendered[at], renderMail(facts), name);
  }
});

Deno.test("days and hours are told in the tenant's time zone and the member's language", () => {
  const told = (locale: typeof LOCALES[number]) => {
    const facts = sampleFacts("dunning_final", locale, ORIGIN);
    if (facts.template !== "dunning_final") throw new Error("another mail");
    const details = { ...facts.details, graceEndsAt: "2026-11-22T23:30:00.123456Z" };
    return renderMail(parseFacts({ ...facts, details }));
  };
  const spaced = (text: string) => text.replaceAll("\u00a0", " ");
  assert.match(spaced(told("sq").subject), /23 nëntor 2026/);
  assert.match(spaced(told("en").text), /counts only until 23 November 2026, 00:30/);
  assert.match(spaced(told("mk").text), /23 ноември 2026, 00:30/);
  assert.match(spaced(told("sr").text), /23\. novembra 2026\. u 00:30/);
  assert.match(spaced(told("sr").text), /35 €/);
});

Deno.test("each state of a case is told in words of its own", () => {
  const titles = new Set<string>();
  for (
    const status of ["submitted", "verification", "evaluation", "negotiation", "court", "resolved"]
  ) {
    const facts = sampleFacts("claim_status_changed", "en", ORIGIN);
    const { text, preheader } = renderMail(
      parseFacts({ ...facts, details: { ...facts.details, status } }),
    );
    assert.ok(text.includes(preheader), status);
    titles.add(preheader);
  }
  assert.equal(titles.size, 6);
});

Deno.test("words can be read on their grounds, by day and by night", () => {
  for (const [theme, colours] of [["light", COLOUR], ["dark", DARK]] as const) {
    const pairs = [
      [colours.ink, colours.surface],
      [colours.inkSoft, colours.surface],
      [colours.link, colours.surface],
      [colours.ink, colours.page],
      [colours.inkSoft, colours.page],
      [colours.link, colours.page],
      [colours.ink, colours.soft],
      [colours.inkSoft, colours.soft],
      [colours.link, colours.soft],
      [colours.warmInk, colours.warm],
      [colours.onBrand, colours.brand],
    ] as const;
    for (const [ink, ground] of pairs) {
      assert.ok(contrast(ink, ground) >= 4.5, `${theme}: ${ink} on ${ground}`);
    }
  }
  assert.ok(contrast(FIXED.onDeep, FIXED.deep) >= 4.5);
  assert.ok(contrast(FIXED.onDeepSoft, FIXED.deep) >= 4.5);
  assert.ok(contrast(FIXED.goodInk, FIXED.good) >= 4.5);
});

/** The facts with everything unknown that may be. */
function bare(facts: MailFacts): MailFacts {
  const nothing = ["planTier", "planName", "amountCents", "periodEnd", "note"];
  const details = Object.fromEntries(
    Object.entries(facts.details).map((
      [name, value],
    ) => [name, nothing.includes(name) ? null : value]),
  );
  return parseFacts({
    ...facts,
    details,
    person: { fullName: null, memberNumber: null },
    tenant: { ...facts.tenant, supportEmail: null, supportPhone: null },
  });
}

/** The facts with hostile words wherever people may write. */
function hostile(facts: MailFacts): MailFacts {
  const written = ["planName", "inviterName", "title", "note"];
  const details = Object.fromEntries(
    Object.entries(facts.details).map((
      [name, value],
    ) => [name, written.includes(name) ? HOSTILE : value]),
  );
  return parseFacts({
    ...facts,
    details,
    person: { fullName: HOSTILE, memberNumber: "MEM-2026-000005" },
    tenant: { ...facts.tenant, name: HOSTILE, legalName: HOSTILE },
  });
}

/** What a reader sees of the body, unescaped; the preheader only if wanted. */
function visible(html: string, withoutPreheader = true): string {
  let body = html.slice(html.indexOf("<body"));
  if (withoutPreheader) {
    body = body.replace(/<div aria-hidden="true" style="display:none.*?<\/div>/s, "");
  }
  return unescaped(body.replace(/<[^>]*>/g, " ")).replace(/[\u034f\u200c]/g, "");
}

/** The texts of the elements that hold nothing but text. */
function leaves(html: string): string[] {
  const body = html.slice(html.indexOf("<table"));
  return [...body.matchAll(/>([^<]+)</g)].map(([, text = ""]) => squeezed(unescaped(text)))
    .filter((text) => text !== "");
}

/** What screen readers say of links. */
function labels(html: string): string {
  return [...html.matchAll(/aria-label="([^"]*)"/g)].map(([, label]) => ` ${label}`).join("");
}

function wordsOf(text: string): string[] {
  return text.match(/[\p{L}\p{N}’]+/gu) ?? [];
}

function links(html: string): string[] {
  return [...html.matchAll(/href="([^"]*)"/g)].map(([, href = ""]) => unescaped(href));
}

function unescaped(text: string): string {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'").replaceAll("&amp;", "&");
}

function squeezed(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

/** WCAG's contrast ratio of two `#rrggbb` colours. */
function contrast(one: string, other: string): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(colour: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const part = parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
