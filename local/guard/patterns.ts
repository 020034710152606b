/** What must not be written, and where it may be. */
import { type Finding, isTest, lineAt, type Tree } from "./rule.ts";

const CORE = "supabase/functions/_shared/";
const SHIPPED =
  /^(?:routes|islands|components|site|fresh|supabase\/functions)\/|^(?:main|utils)\.ts$/;

/** Files that may hold a key, because they are what hands it on. */
const KEY_HOLDERS = [`${CORE}documents/storage_keeper.ts`, `${CORE}platform/env.ts`];
/** The framework puts our own, encoded scripts into pages here. */
const HTML_MAKERS = ["fresh/dev/live_reload.ts", "fresh/document.ts", "fresh/islands.ts"];

/** Where statements are written: stores, the site's queries, and the operations of a context. */
function mayQuery(path: string): boolean {
  return path.startsWith("site/") || path.endsWith("_store.ts") ||
    (path.startsWith(CORE) && !path.startsWith(`${CORE}outreach/mails/`)) ||
    QUERYING.includes(path);
}

/** Functions that look at the database itself, and one that asks who is calling. */
const QUERYING = [
  "supabase/functions/health/checks.ts",
  "supabase/functions/health/operator.ts",
  "supabase/functions/paddle-webhook/app.ts",
];

interface Pattern {
  readonly rule: string;
  readonly what: string;
  readonly pattern: RegExp;
  applies(path: string): boolean;
}

const SQL =
  /(?:\b(?:tx|sql|sp|db)(?:<[^`;]{0,300}?>)?|\.unsafe(?:<[^`;]{0,300}?>)?\(\s*)`\s*(?:--[^\n]*\n\s*)*(?:select|insert\s+into|update|delete\s+from|with|merge|truncate)\b/gi;

const PATTERNS: readonly Pattern[] = [
  {
    rule: "service-key",
    what: "the key that passes over every policy is used outside of its one file (ADR 0022)",
    pattern: /supabaseSecretKey|SUPABASE_SECRET_KEY|SUPABASE_SERVICE_ROLE|\bservice_role\b/g,
    applies: (path) => SHIPPED.test(path) && !KEY_HOLDERS.includes(path),
  },
  {
    rule: "sql",
    what: "a statement outside of the stores",
    pattern: SQL,
    applies: (path) => SHIPPED.test(path) && !mayQuery(path),
  },
  {
    rule: "raw-html",
    what: "text is put into a page as HTML",
    pattern:
      /dangerouslySetInnerHTML|\.(?:inner|outer)HTML\s*=|insertAdjacentHTML|document\.write\(|\{@html/g,
    applies: (path) => SHIPPED.test(path) && !HTML_MAKERS.includes(path),
  },
  {
    rule: "eval",
    what: "text is run as a program",
    pattern: /\beval\(|new Function\(|setTimeout\(\s*["'`]/g,
    applies: (path) => SHIPPED.test(path),
  },
  {
    rule: "console",
    what: "something is printed past the logger, which leaves personal data out",
    pattern: /\bconsole\.(?:log|info|debug|dir|table)\(/g,
    applies: (path) => SHIPPED.test(path) || path.startsWith("local/"),
  },
];

/** A failure that nobody hears of and that nothing says why. */
const SILENT = /\bcatch\s*(?:\([^)]*\))?\s*\{\s*\}|\.catch\(\s*\(\)\s*=>\s*\{\s*\}\s*\)/g;

/** Everything that is written where it must not be. Comments do not count. */
export function bannedPatterns(tree: Tree): Finding[] {
  const found: Finding[] = [];
  for (const [path, text] of tree) {
    if (!/\.tsx?$/.test(path) || isTest(path) || path.startsWith("local/guard/")) continue;
    const code = withoutComments(text);
    for (const { rule, what, pattern, applies } of PATTERNS) {
      if (!applies(path)) continue;
      for (const { index } of code.matchAll(pattern)) {
        found.push({ rule, where: `${path}:${lineAt(code, index)}`, what });
      }
    }
    if (SHIPPED.test(path)) found.push(...silentCatches(path, text));
  }
  return found;
}

/** An empty catch is a choice that has to be explained: inside, or in the lines above. */
function silentCatches(path: string, text: string): Finding[] {
  const lines = text.split("\n");
  return [...withoutComments(text).matchAll(SILENT)].flatMap(({ index, 0: match }) => {
    const first = lineAt(text, index);
    const last = first + match.split("\n").length - 1;
    const near = lines.slice(Math.max(0, first - NEAR - 1), last);
    if (near.some((line) => /\/\/|\/\*|^\s*\*/.test(line))) return [];
    const what = "a failure is passed over in silence: log it, or say in a comment why not";
    return [{ rule: "silent-catch", where: `${path}:${first}`, what }];
  });
}

/** As far above a catch as its reason may stand. */
const NEAR = 4;

/** The text with every comment blanked, so that places stay where they are. */
function withoutComments(text: string): string {
  const blank = (comment: string) => comment.replaceAll(/[^\n]/g, " ");
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, blank)
    .replaceAll(/(^|[\s;{}(,])(\/\/[^\n]*)/g, (_, before, comment) => before + blank(comment));
}
