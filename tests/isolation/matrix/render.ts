/**
 * Writes `docs/ACCESS.md`, the matrix for people who audit.
 */
import { join } from "node:path";
import { ROOT } from "../../../local/settings.ts";
import { type Declaration, type Line, ROLES, type TableRules } from "./declaration.ts";

/** Where the page is. */
export const ACCESS_PAGE = join(ROOT, "docs/ACCESS.md");

const HEAD = `# Who may do what

Every right on every table, column and file, for every role. The page is written from
\`tests/isolation/matrix/access.txt\` by \`deno task db:types\`; do not edit it. It is no wish list:
\`deno task test\` tries every cell in the database, as that role, on rows that are the person's own,
of a member they look after, of their branch, of their tenant and of the other one, and fails if
anything ends otherwise, or if there is a table, column or function that is not here
(\`tests/isolation/matrix_test.ts\`).

## How to read it

Rights come from the person's row in \`profiles\`, never from a token, and PostgreSQL enforces them for
whatever asks: the site, the Data API, Storage, an SQL editor under that role.

| role | who |
| --- | --- |
| anon | visitors who are not signed in |
| locked | whoever was deactivated, or whose session was ended, and still holds a token |
| member, lapsed | a member with a membership, and one whose membership ended |
| agent | brings members and looks after them |
| staff | works on claims |
| manager | a branch manager |
| admin | a tenant admin |
| super | a super admin, of all tenants |
| webhooks, cron, auth, documents | the database roles of the edge functions |

Each is tried in both tenants. \`service_role\` is Supabase's own; no code of ours takes it.

A cell says which rows the role reaches:

| word | rows |
| --- | --- |
| – | no right: PostgreSQL refuses the statement, whatever the row (42501) |
| none | no row, though the statement as such is allowed |
| own | the person's own |
| care | those of the members whom the agent looks after |
| branch | those of the person's branch |
| tenant | those of the person's tenant |
| all | every row |

Rows beyond are not there: no error and no row. A row that would be *inserted* beyond is refused by a
policy. Where it is otherwise, the line says "else" and how it ends. Words joined by + are read from
the left; the first that fits the row counts. An ending after "but" is that of rows which are reached
and refused all the same, an ending alone that of every row:

| ending | meaning |
| --- | --- |
| rule | a trigger or function refuses who is asking (42501) |
| policy | a policy refuses it (42501) |
| check | the row would say something that it must not (23514) |
| frozen | this never changes (23001) |
| taken | there is such a row already (23505) |
| foreign | it would point at something that is not there or of another tenant (23503) |
| absent | answered as if there were no such row (PT404) |

Members, agents, staff and admins are one role for rights on columns, called *people* below; which
rows they reach is in the grid. *read* is \`select\`, *add* is giving the column when a row is inserted,
*change* is \`update\`.
`;

const plain = (cell: string) =>
  cell === "-" ? "–" : cell.replaceAll("!", " but ").replaceAll("+", " + ");

function kindsOf(table: TableRules): string[] {
  const kinds = [...table.kinds].filter(([, words]) => words !== "");
  return kinds.length === 0 ? [] : ["", ...kinds.map(([name, words]) => `- *${name}*: ${words}`)];
}

function columnsOf(table: TableRules): string[] {
  const groups = Map.groupBy(table.groups, (group) => `${group.name} | ${group.rightsText}`);
  return [
    "",
    "| columns | rights | |",
    "| --- | --- | --- |",
    ...[...groups].map(([key, parts]) =>
      `| ${key} | ${
        parts.flatMap((part) => part.columns).map((name) => `\`${name}\``).join(", ")
      } |`
    ),
  ];
}

const labelOf = (line: Line) => line.label.replace(/^call (\S+)/, "call `$1()`");

function gridOf(table: TableRules): string[] {
  return [
    "",
    `| | ${ROLES.join(" | ")} |`,
    `| --- |${" --- |".repeat(ROLES.length)}`,
    ...table.lines.map((line) =>
      `| ${labelOf(line)} | ${ROLES.map((role) => plain(line.cells[role].text)).join(" | ")} |`
    ),
  ];
}

/**
 * The page.
 *
 * @param declaration What is declared.
 * @returns Markdown, as it stands in `docs/ACCESS.md`.
 */
export function renderAccess(declaration: Declaration): string {
  const lines = declaration.tables.flatMap((table) => [
    "",
    `## ${table.name}`,
    "",
    table.about,
    ...kindsOf(table),
    ...columnsOf(table),
    ...gridOf(table),
  ]);
  const functions = [
    "",
    "## Other functions",
    "",
    "They are about no single row. Where they are looked at:",
    "",
    "| function | |",
    "| --- | --- |",
    ...[...declaration.elsewhere].map(([name, why]) =>
      `| \`${name}()\` | ${why.replace(/(\d{3}-[a-z-]+\.sql)/, "`supabase/tests/$1`")} |`
    ),
  ];
  return `${HEAD}${[...lines, ...functions].join("\n")}\n`;
}
