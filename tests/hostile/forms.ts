/** Finds the pages that a visitor can reach, and every form on them. */
import type { Visitor } from "./visitor.ts";

/** A form as a page shows it. */
export interface FoundForm {
  /** Where it stands. */
  readonly page: string;
  /** Where it is sent. */
  readonly action: string;
  readonly fields: readonly (readonly [string, string])[];
}

/** What a visitor found. */
export interface Found {
  readonly pages: readonly string[];
  readonly forms: readonly FoundForm[];
}

/** The form that ends the session, and does nothing else. */
export const ENDS_SESSION = /\/logout$/;

/**
 * Walks through the site from some pages, by links.
 *
 * @param visitor Who walks.
 * @param from Where to begin.
 * @param most Pages to look at; of pages that differ by an id only a few.
 */
export async function walk(visitor: Visitor, from: readonly string[], most = 60): Promise<Found> {
  const waiting = [...from];
  const seen = new Set<string>(waiting);
  const kinds = new Map<string, number>();
  const pages: string[] = [];
  const forms = new Map<string, FoundForm>();
  for (let path = waiting.shift(); path !== undefined && pages.length < most;) {
    const kind = kindOf(path);
    const times = kinds.get(kind) ?? 0;
    kinds.set(kind, times + 1);
    if (times < 2) {
      const answer = await visitor.get(path);
      const location = answer.headers.get("location");
      const links = location === null ? linksOf(answer.text) : [location];
      if (answer.status === 200 && answer.headers.get("content-type")?.includes("html")) {
        pages.push(path);
        for (const form of formsOf(answer.text, path)) {
          const names = form.fields.map(([name]) => name).join();
          forms.set(`${kindOf(form.action)} ${names}`, form);
        }
      }
      for (const link of links) {
        const next = own(link, path);
        if (next !== null && !seen.has(next)) {
          seen.add(next);
          waiting.push(next);
        }
      }
    }
    path = waiting.shift();
  }
  return { pages, forms: [...forms.values()] };
}

/** A path with its ids, codes and query values taken out. */
function kindOf(path: string): string {
  return path.replace(/[0-9a-f]{8}-[0-9a-f-]{27}|[A-Za-z0-9_-]{40,}/g, ":id")
    .replace(/=[^&]*/g, "=");
}

/** The path of a link into the pages of the site in English, else null. */
function own(link: string, page: string): string | null {
  const base = "http://site.invalid";
  const url = URL.parse(decoded(link), new URL(page, base));
  if (url === null || url.origin !== base || !/^\/(?:en\/|en$|dev\/)/.test(url.pathname)) {
    return null;
  }
  return url.pathname + url.search;
}

function linksOf(html: string): string[] {
  return [...html.matchAll(/<a\b[^>]*\bhref="([^"]*)"/g)].map((match) => match[1] ?? "");
}

function formsOf(html: string, page: string): FoundForm[] {
  return [...html.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/g)].flatMap((match) => {
    const [, head = "", inner = ""] = match;
    if (attribute(head, "method")?.toLowerCase() !== "post") return [];
    const url = new URL(attribute(head, "action") ?? page, new URL(page, "http://site.invalid"));
    const action = url.pathname + url.search;
    return [{ page, action, fields: fieldsOf(inner) }];
  });
}

function fieldsOf(html: string): (readonly [string, string])[] {
  const fields: (readonly [string, string])[] = [];
  for (
    const [, tag = "", head = ""] of html.matchAll(/<(input|textarea|select|button)\b([^>]*)>/g)
  ) {
    const name = attribute(head, "name");
    if (name === null) continue;
    const value = attribute(head, "value") ?? (tag === "select" ? optionOf(html, name) : "word");
    fields.push([name, value === "" ? "word" : value]);
  }
  return fields;
}

/** The last choice that a list offers. */
function optionOf(html: string, name: string): string {
  const list = new RegExp(`<select[^>]*name="${name}"[^>]*>([\\s\\S]*?)</select>`).exec(html);
  return list?.[1]?.match(/value="[^"]+"/g)?.at(-1)?.slice(7, -1) ?? "word";
}

function attribute(head: string, name: string): string | null {
  const match = new RegExp(`(?:^|\\s)${name}="([^"]*)"`).exec(head);
  return match === null ? null : decoded(match[1] ?? "");
}

function decoded(text: string): string {
  return text.replaceAll("&quot;", '"').replaceAll("&#39;", "'").replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}
