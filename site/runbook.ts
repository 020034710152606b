/** RUNBOOK.md as a page: operators find the section that a check names without leaving the site. */
import { join } from "node:path";

/** A piece of the runbook. */
export type Block =
  | {
    readonly kind: "heading";
    readonly level: 1 | 2 | 3;
    readonly id: string;
    readonly text: string;
  }
  | { readonly kind: "code" | "table" | "text"; readonly text: string }
  | { readonly kind: "list"; readonly items: readonly string[] };

/** The runbook's text, or null where it was not deployed. */
export async function readRunbook(): Promise<string | null> {
  try {
    return await Deno.readTextFile(join(Deno.cwd(), "RUNBOOK.md"));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

/** The anchor that GitHub gives a heading. */
export function anchorOf(heading: string): string {
  return heading.toLowerCase().replace(/[^\p{L}\p{N}\s-]/gu, "").trim().replace(/\s/g, "-");
}

/**
 * Takes the runbook apart, as far as a page needs it.
 *
 * @param markdown Its text.
 */
export function blocksOf(markdown: string): Block[] {
  const blocks: Block[] = [];
  const anchors = new Map<string, number>();
  const lines = markdown.split("\n");
  for (let at = 0; at < lines.length;) {
    const line = lines[at] ?? "";
    const heading = /^(#{1,3}) (.+)$/.exec(line);
    const until = (isPart: (line: string) => boolean) => {
      const from = at;
      while (at < lines.length && isPart(lines[at] ?? "")) at++;
      return lines.slice(from, at);
    };
    if (line.startsWith("```")) {
      at++;
      const code = until((one) => !one.startsWith("```"));
      at++;
      blocks.push({ kind: "code", text: code.join("\n") });
    } else if (heading !== null) {
      at++;
      const text = heading[2] ?? "";
      const level = (heading[1] ?? "#").length as 1 | 2 | 3;
      const anchor = anchorOf(text);
      const before = anchors.get(anchor) ?? 0;
      anchors.set(anchor, before + 1);
      // As GitHub does: the second of the same name is name-1.
      const id = before === 0 ? anchor : `${anchor}-${before}`;
      blocks.push({ kind: "heading", level, id, text: plain(text) });
    } else if (line.startsWith("|")) {
      blocks.push({ kind: "table", text: until((one) => one.startsWith("|")).join("\n") });
    } else if (/^\s*(?:-|\d+\.) /.test(line)) {
      const rows = until((one) => /^\s*(?:-|\d+\.) /.test(one) || /^\s+\S/.test(one));
      const items = rows.join("\n").split(/\n(?=\s*(?:-|\d+\.) )/);
      blocks.push({
        kind: "list",
        items: items.map((item) => plain(item.replace(/^\s*(?:-|\d+\.) /, ""))),
      });
    } else if (line.trim() === "" || line.startsWith("<")) {
      at++;
    } else {
      const text = until((one) => one.trim() !== "" && !/^(?:#|```|\||\s*(?:-|\d+\.) )/.test(one));
      blocks.push({ kind: "text", text: plain(text.join(" ")) });
    }
  }
  return blocks;
}

/** Words without the marks around them. */
function plain(text: string): string {
  return text.replace(/\s+/g, " ").replace(/\*\*([^*]+)\*\*/g, "$1").replace(/`([^`]+)`/g, "$1")
    .replace(/\[([^\]]+)\]\(([^)]+)\)/g, "$1").trim();
}
