import assert from "node:assert/strict";
import { join } from "node:path";
import { renderMail } from "@core/outreach/mails/render.ts";
import { sampleFacts } from "@core/outreach/mails/samples.ts";
import { MAIL_TEMPLATES } from "@core/outreach/mails/templates.ts";
import { LOCALES } from "@core/platform/i18n.ts";
import { siteHandler, Visitor } from "./browser.ts";
import { fakeSite, ORIGIN } from "./fakes.ts";

const ROOT = new URL("../../", import.meta.url).pathname;

Deno.test("/dev/mails lists every mail in every language, and each can be looked at", async () => {
  const visitor = new Visitor(await siteHandler(fakeSite({ APP_ENV: "local" })));
  const index = await visitor.get("/dev/mails");
  assert.equal(index.status, 200);
  const html = await index.text();
  for (const template of MAIL_TEMPLATES) {
    for (const locale of LOCALES) {
      const path = `/dev/mails/${template}/${locale}`;
      assert.ok(html.includes(`href="${path}"`), path);
      const answer = await visitor.get(path);
      assert.equal(answer.status, 200, path);
      const shown = await answer.text();
      const { subject } = renderMail(sampleFacts(template, locale, ORIGIN));
      assert.ok(shown.includes(`>${subject}</h1>`), path);
      assert.ok(shown.includes("--\n\n"), `${path}: plain text`);
      assert.equal(shown.match(/<iframe/g)?.length, 4, path);
      assert.doesNotMatch(shown, /sandbox="[^"]*allow-(?:scripts|same-origin)/, path);
    }
  }
});

Deno.test("/dev/mails is nowhere but under the local stack and in tests", async () => {
  for (const appEnv of ["production", "staging"]) {
    const visitor = new Visitor(await siteHandler(fakeSite({ APP_ENV: appEnv })));
    for (const path of ["/dev/mails", "/dev/mails/welcome/sq"]) {
      const answer = await visitor.get(path);
      assert.equal(answer.status, 404, `${appEnv} ${path}`);
      assert.match(await answer.text(), /data-testid="not-found-page"/);
    }
  }
});

Deno.test("/dev/mails knows no other mail and no other language", async () => {
  const visitor = new Visitor(await siteHandler(fakeSite({ APP_ENV: "test" })));
  for (const path of ["/dev/mails/crm/sq", "/dev/mails/welcome/de", "/dev/mails/constructor/sq"]) {
    assert.equal((await visitor.get(path)).status, 404, path);
  }
});

Deno.test("the pages that mails lead to exist", async () => {
  // Claims, invitations and new passwords have pages of their own later.
  const later = /^\/(?:member\/claims|invitation|forgot-password)\b|^\/api\/auth\//;
  const pages = await pagePatterns(join(ROOT, "routes/(site)/[locale]"));
  for (const template of MAIL_TEMPLATES) {
    const { html } = renderMail(sampleFacts(template, "mk", ORIGIN));
    const links = [...html.matchAll(/href="(http[^"]*)"/g)].map(([, link = ""]) => new URL(link));
    assert.ok(links.length > 0, template);
    for (const { pathname } of links) {
      const path = pathname.replace(/^\/mk(?=\/)/, "");
      if (later.test(path)) continue;
      assert.notEqual(path, pathname, `${template}: ${pathname} names no language`);
      assert.ok(pages.some((page) => page.test(path)), `${template}: ${pathname} is no page`);
    }
  }
});

/** A pattern for the path of each page below a folder of routes. */
async function pagePatterns(folder: string, path = ""): Promise<RegExp[]> {
  const found: RegExp[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) {
      const part = name.startsWith("(") ? "" : `/${name}`;
      found.push(...await pagePatterns(join(folder, name), path + part));
    } else if (/\.tsx$/.test(name) && !name.startsWith("_")) {
      const page = name === "index.tsx" ? path : `${path}/${name.replace(/\.tsx$/, "")}`;
      found.push(new RegExp(`^${page.replace(/\[[^\]]+\]/g, "[^/]+")}$`));
    }
  }
  return found;
}
