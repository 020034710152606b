/**
 * What the function says to PostgreSQL about one event, as a script that pgbench can say as well. It
 * is taken from the server's log, so that it cannot drift away from the code.
 */
import type { Sql } from "postgres";

/** A statement as the server logged it. */
export interface LoggedStatement {
  /** With `$1`, `$2`, … for its parameters. */
  readonly text: string;
  readonly parameters: readonly (string | null)[];
}

/** Digits that stand for what differs from event to event. */
export interface Varying {
  /** In every id of the event and its entities; twelve digits. */
  readonly event: string;
  /** In every id of the member; twelve digits. */
  readonly member: string;
}

const ENTRY = /^\S+ \S+ \S+ \[(\d+)\] (\S+) (\w+): {2}(.*)$/;

/**
 * Reads the statements of a login from the server's log (`log_line_prefix = '%m [%p] %u '`).
 *
 * @param log Text of the log.
 * @param login Whose statements.
 * @returns The statements in order.
 */
export function readLog(log: string, login: string): LoggedStatement[] {
  const entries: { kind: string; text: string }[] = [];
  for (const line of log.split("\n")) {
    const match = line.match(ENTRY);
    if (match !== null) {
      const isOurs = match[2] === login;
      entries.push({ kind: isOurs ? match[3] ?? "" : "", text: match[4] ?? "" });
    } else if (line.startsWith("\t")) {
      const last = entries.at(-1);
      if (last !== undefined) last.text += `\n${line.slice(1)}`;
    }
  }
  const statements: LoggedStatement[] = [];
  for (const { kind, text } of entries) {
    const sent = text.match(/^(?:statement|execute [^:]*): ([\s\S]*)$/);
    if (kind === "LOG" && sent !== null) {
      // Several that went in one message were logged as one; pgbench says them one at a time too.
      const texts = (sent[1] ?? "").split(/;\s*\n/);
      statements.push(...texts.map((one) => ({ text: one, parameters: [] })));
    }
    if (kind === "DETAIL" && text.startsWith("parameters: ")) {
      const last = statements.pop();
      if (last !== undefined) statements.push({ ...last, parameters: readParameters(text) });
    }
  }
  return statements;
}

function readParameters(text: string): (string | null)[] {
  return [...text.matchAll(/\$\d+ = (NULL|'((?:[^']|'')*)')/g)].map((match) =>
    match[1] === "NULL" ? null : (match[2] ?? "").replaceAll("''", "'")
  );
}

const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/**
 * Writes a script for pgbench that says the same about another event every time.
 *
 * @param sql The owner's connection; asked for the types of parameters.
 * @param statements What was said about one event.
 * @param varying The digits that stood for what differs.
 * @param members How many members there are, with digits from `varying.member` on.
 * @returns The script.
 */
export async function pgbenchScript(
  sql: Sql,
  statements: readonly LoggedStatement[],
  varying: Varying,
  members: number,
): Promise<string> {
  const [stored] = await sql<{ id: string }[]>`
    select id from public.webhook_events where event_id like ${`%${varying.event}`}`;
  const known = await sql<{ id: string }[]>`
    select id from public.membership_plans
    union all select id from public.profiles`;
  const constants = new Set(known.map(({ id }) => id));
  const generated: string[] = [];
  let isTaken = false;

  /** A literal in which what differs is put in by pgbench. */
  function literal(value: string): string {
    const variable = value.replaceAll(UUID, (uuid) => {
      if (uuid === stored?.id && isTaken) return "\u0001taken_id\u0001";
      if (constants.has(uuid) || uuid.endsWith(varying.member)) return uuid;
      if (!generated.includes(uuid)) generated.push(uuid);
      return `aaaaaaa${generated.indexOf(uuid)}-0000-4000-8000-\u0001event\u0001`;
    })
      .replaceAll(varying.event, "\u0001event\u0001")
      .replaceAll(varying.member, "\u0001member\u0001");
    return variable.split("\u0001").map((part, index) =>
      index % 2 === 1 ? `:${part}::text` : quoted(part)
    ).join(" || ");
  }

  const lines = [
    `\\set event random(100000000000, 999999999999)`,
    `\\set member random(${varying.member}, ${Number(varying.member) + members - 1})`,
  ];
  for (const statement of statements) {
    const types = statement.parameters.length === 0 ? [] : await typesOf(sql, statement.text);
    const text: string = statement.text.trim().replace(/;$/, "").replaceAll(
      /\$(\d+)/g,
      (_all, number) => {
        const index = Number(number) - 1;
        const value = statement.parameters[index] ?? null;
        return value === null ? `null::${types[index]}` : `(${literal(value)})::${types[index]}`;
      },
    );
    // Where the row's id is made by the database, it is needed afterwards.
    const takes: boolean = !isTaken &&
      /public\.webhook_events[\s\S]*(for update|select id\b)/.test(text);
    isTaken ||= takes;
    lines.push(takes ? `${text}\n\\gset taken_` : `${text};`);
  }
  return `${lines.join("\n")}\n`;
}

/** Colons are written by their code, as pgbench would take them for the beginning of a variable. */
function quoted(text: string): string {
  const escaped = text.replaceAll("\\", "\\\\").replaceAll("'", "''").replaceAll(":", "\\x3a");
  return `E'${escaped}'`;
}

async function typesOf(sql: Sql, text: string): Promise<string[]> {
  return await sql.begin(async (tx) => {
    await tx.unsafe(`prepare recorded as ${text}`);
    const [row] = await tx<{ types: string[] }[]>`
      select array(
        -- Not format_type(): its "character" would be read as a single letter.
        select typname::text
        from unnest(parameter_types) with ordinality as parameter (type, place)
        join pg_type on pg_type.oid = type
        order by place
      ) as types
      from pg_prepared_statements where name = 'recorded'`;
    await tx.unsafe("deallocate recorded");
    return row?.types ?? [];
  });
}
