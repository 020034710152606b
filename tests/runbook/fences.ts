/** Reads RUNBOOK.md: its fences, its sections and what it names in code. */
import { join } from "node:path";
import { ROOT } from "../../local/settings.ts";

/**
 * What the test does with a fence: nothing said is run and has to end well; `tells` may end with 1;
 * `change` is run, and what it leaves is taken away; `outside` is not run, what it calls has to exist;
 * `undo` is taken back; `refused` has to be refused by the database.
 */
export type Manner = "run" | "tells" | "change" | "outside" | "undo" | "refused";

/** A command or a query that the page prints. */
export interface Fence {
  readonly language: "sh" | "sql";
  readonly manner: Manner;
  readonly text: string;
  /** Line of its first row, for a failure's message. */
  readonly line: number;
}

/** A heading with what stands below it. */
export interface Section {
  readonly anchor: string;
  readonly level: number;
  readonly text: string;
}

const MANNERS: readonly string[] = ["run", "tells", "change", "outside", "undo", "refused"];

/** The page. */
export const page: string = await Deno.readTextFile(join(ROOT, "RUNBOOK.md"));

/** All fences, in their order. */
export function fences(): Fence[] {
  const found: Fence[] = [];
  const lines = page.split("\n");
  for (let at = 0; at < lines.length; at += 1) {
    const open = /^(\s*)```(\w+) ?(\w*)$/.exec(lines[at] ?? "");
    if (open === null) continue;
    const [, indent = "", language = "", manner = ""] = open;
    const body: string[] = [];
    const line = at + 2;
    while (lines[at += 1] !== `${indent}\`\`\`` && at < lines.length) {
      body.push((lines[at] ?? "").slice(indent.length));
    }
    const said = manner === "" ? "run" : manner;
    if ((language !== "sh" && language !== "sql") || !MANNERS.includes(said)) {
      throw new Error(`RUNBOOK.md:${line}: nobody knows what \`\`\`${language} ${manner} is`);
    }
    found.push({ language, manner: said as Manner, text: body.join("\n"), line });
  }
  return found;
}

/** As GitHub makes anchors of headings. */
function anchorOf(heading: string): string {
  return heading.toLowerCase().replace(/[^\p{L}\p{N} _-]/gu, "").trim().replaceAll(" ", "-");
}

/** All sections, each with those below it, and the anchors that stand by themselves. */
export function sections(): Map<string, Section> {
  const found = new Map<string, Section>();
  const parts = page.replace(/```[\s\S]*?```/g, (fence) => fence.replaceAll("#", "\0"))
    .split(/^(?=#{1,6} )/m);
  parts.forEach((part, place) => {
    const [, marks = "", title = ""] = /^(#+) (.+)/.exec(part) ?? [];
    if (marks === "") return;
    const level = marks.length;
    const after = parts.slice(place + 1);
    const end = after.findIndex((other) => (/^#+/.exec(other)?.[0].length ?? 9) <= level);
    const text = [part, ...end === -1 ? after : after.slice(0, end)].join("").replaceAll("\0", "#");
    found.set(anchorOf(title), { anchor: anchorOf(title), level, text });
  });
  for (const [, id = ""] of page.matchAll(/<a id="([a-z-]+)"><\/a>\s+#+ (.+)/g)) {
    found.set(id, { anchor: id, level: 2, text: "" });
  }
  return found;
}

/** Everything in backticks outside of fences. */
export function inCode(): string[] {
  const words = page.replace(/```[\s\S]*?```/g, "").replace(/\s+/g, " ");
  return [...words.matchAll(/`([^`]+)`/g)].map(([, word = ""]) => word);
}
