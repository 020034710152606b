/**
 * Reads `access.txt`, where every right of every role is declared.
 */
import { join } from "node:path";

/** The columns of every grid, in this order. */
export const ROLES = [
  "anon",
  "locked",
  "member",
  "lapsed",
  "agent",
  "staff",
  "manager",
  "admin",
  "super",
  "webhooks",
  "cron",
  "auth",
  "documents",
] as const;

/** Somebody who may ask. */
export type Role = typeof ROLES[number];

/** Whom rights on columns are given to: people share one role of the database. */
export const HOLDERS = {
  visitors: "anon",
  people: "authenticated",
  webhooks: "service_webhooks",
  cron: "service_cron",
  auth: "service_auth",
  documents: "service_documents",
} as const;

/** A name of {@linkcode HOLDERS}. */
export type Holder = keyof typeof HOLDERS;

/** What is done to a row. */
export type Action = "select" | "insert" | "update" | "delete" | "call";

/** A right on a column. */
export type ColumnRight = "read" | "add" | "change";

/** One field of a grid. */
export interface Cell {
  /** As it stands in the file. */
  readonly text: string;
  /** False: PostgreSQL refuses the statement before it looks at any row. */
  readonly right: boolean;
  /** Which rows are reached; the first word that means a row decides how it ends. */
  readonly parts: readonly { readonly reach: string; readonly ending: string }[];
}

/** One line of a grid. */
export interface Line {
  readonly label: string;
  readonly actions: readonly Action[];
  /** Groups of columns for `update`, the function for `call`. */
  readonly names: readonly string[];
  readonly kinds: readonly string[];
  /** How rows beyond are refused, if they are not simply not found. */
  readonly beyond?: string;
  readonly cells: Readonly<Record<Role, Cell>>;
}

/** Columns that have the same rights. */
export interface Group {
  readonly name: string;
  readonly columns: readonly string[];
  readonly rights: ReadonlyMap<Holder, ReadonlySet<ColumnRight>>;
  readonly rightsText: string;
}

/** What is declared of one table. */
export interface TableRules {
  readonly name: string;
  readonly about: string;
  readonly kinds: ReadonlyMap<string, string>;
  readonly groups: readonly Group[];
  readonly lines: readonly Line[];
}

/** Everything that is declared. */
export interface Declaration {
  readonly tables: readonly TableRules[];
  /** Functions that are not about one row, and where they are looked at. */
  readonly elsewhere: ReadonlyMap<string, string>;
}

const REACHES = ["none", "own", "care", "branch", "tenant", "all"];
/** How a statement may end other than by doing what it says; SQLSTATEs without a word stay as they are. */
export const ENDINGS: Readonly<Record<string, string>> = {
  "23001": "frozen",
  "23502": "empty",
  "23503": "foreign",
  "23505": "taken",
  "23514": "check",
  "PT404": "absent",
};
const REFUSALS = ["rule", "policy", ...Object.values(ENDINGS)];

const LABEL =
  /^((?:select|insert|update|delete|call)(?:, (?:insert|update|delete))*)(?: (?!of |else )(.+?))?(?: of (.+?))?(?: else (\w+))?$/;

/** The holder of the column rights that a role has. */
export function holderOf(role: Role): Holder {
  if (role === "anon") return "visitors";
  return role in HOLDERS ? role as Holder : "people";
}

function readCell(text: string): Cell {
  if (text === "-") return { text, right: false, parts: [] };
  if (REFUSALS.includes(text)) {
    return { text, right: true, parts: [{ reach: "all", ending: text }] };
  }
  const parts = text.split("+").map((part) => {
    const [reach = "", ending = "yes"] = part.split("!");
    if (!REACHES.includes(reach) || (ending !== "yes" && !REFUSALS.includes(ending))) {
      throw new Error(`unknown reach "${text}"`);
    }
    return { reach, ending };
  });
  return { text, right: true, parts };
}

function readLine(text: string, kinds: readonly string[]): Line {
  const words = text.split(/\s+/);
  const cells = words.splice(-ROLES.length).map(readCell);
  const label = words.join(" ");
  const match = label.match(LABEL);
  if (match === null || cells.length < ROLES.length) {
    throw new Error(`neither a line of a grid nor a group of columns`);
  }
  const [, actions = "", names, of, beyond] = match;
  return {
    label,
    actions: actions.split(", ") as Action[],
    names: names?.split(", ") ?? [],
    kinds: of === undefined ? kinds : of.split(", "),
    ...(beyond && { beyond }),
    cells: Object.fromEntries(ROLES.map((role, place) => [role, cells[place]])) as Line["cells"],
  };
}

function readGroup(name: string, rightsText: string, columns: string): Group {
  const rights = new Map<Holder, Set<ColumnRight>>();
  for (const part of rightsText.split("; ")) {
    if (part === "nobody") continue;
    const [holder = "", ...given] = part.split(" ");
    if (!(holder in HOLDERS)) throw new Error(`unknown holder "${holder}"`);
    rights.set(holder as Holder, new Set(given as ColumnRight[]));
  }
  return { name, rightsText, rights, columns: columns.split(" ") };
}

interface Draft {
  readonly name: string;
  about: string;
  readonly kinds: Map<string, string>;
  readonly groups: Group[];
  readonly lines: Line[];
}

function readTableLine(table: Draft, text: string): void {
  const fields = text.split(/\s{2,}/);
  const [, kind, words = ""] = text.match(/^kind (\w+): (.*)$/) ?? [];
  if (kind !== undefined) {
    table.kinds.set(kind, words);
  } else if (fields[0] === "anon" || ROLES.join(" ") === text.split(/\s+/).join(" ")) {
    if (fields.join(" ") !== ROLES.join(" ")) throw new Error("the roles stand in another order");
  } else if (fields.length === 3 && /^(nobody|\w+ (read|add|change))/.test(fields[1] ?? "")) {
    table.groups.push(readGroup(fields[0] ?? "", fields[1] ?? "", fields[2] ?? ""));
  } else if (fields.length === 1) {
    table.about += `${table.about === "" ? "" : " "}${text}`;
  } else {
    if (table.kinds.size === 0) table.kinds.set("row", "");
    table.lines.push(readLine(text, [...table.kinds.keys()]));
  }
}

/**
 * Reads a declaration.
 *
 * @param source What stands in `access.txt`.
 * @returns Every table with its kinds of rows, columns and grid.
 * @throws {Error} If a line cannot be read; the message begins with its number.
 */
export function readDeclaration(source: string): Declaration {
  const tables: Draft[] = [];
  const elsewhere = new Map<string, string>();
  let inTables = true;
  for (const [place, line] of source.split("\n").entries()) {
    const text = line.trim();
    if (text === "" || text.startsWith("#")) continue;
    try {
      if (line.startsWith("table ")) {
        tables.push({ name: line.slice(6), about: "", kinds: new Map(), groups: [], lines: [] });
      } else if (line === "elsewhere") {
        inTables = false;
      } else if (!inTables) {
        const [name = "", why] = text.split(/\s{2,}/);
        if (why === undefined) throw new Error("say where the function is looked at");
        elsewhere.set(name, why);
      } else {
        const table = tables.at(-1);
        if (table === undefined) throw new Error("begin with a table");
        readTableLine(table, text);
      }
    } catch (error) {
      throw new Error(`access.txt:${place + 1}: ${error instanceof Error ? error.message : error}`);
    }
  }
  return { tables, elsewhere };
}

/** The declaration of this house. */
export async function loadDeclaration(): Promise<Declaration> {
  return readDeclaration(
    await Deno.readTextFile(join(import.meta.dirname ?? ".", "access.txt")),
  );
}
