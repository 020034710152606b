/** What is looked at in a restored database before anybody is told that it is one. */
import { verifyAuditLog } from "../audit_log.ts";
import { listTables, steadyText, sumTables } from "./database_state.ts";
import { tryFlows } from "./flows.ts";
import { strangersSee, unforcedTables } from "./isolation.ts";
import { type Manifest, Refused, type TableFacts } from "./manifest.ts";
import { withDatabase } from "./target.ts";

/**
 * Verifies a restored database against its manifest.
 *
 * @param url The database as its owner.
 * @param manifest What it has to be.
 * @returns What was found well, a line each.
 * @throws {Refused} At the first thing that is not.
 */
export async function verifyRestored(url: string, manifest: Manifest): Promise<string[]> {
  return await withDatabase(url, async (sql) => {
    const tables = await sql.begin("read only", async (tx) => {
      await steadyText(tx);
      return await sumTables(tx, await listTables(tx));
    });
    const different = differences(manifest.tables, tables);
    if (different.length > 0) throw new Refused(`Not restored as it was: ${different.join("; ")}`);
    const rows = Object.values(tables).reduce((total, table) => total + table.rows, 0);
    const said = [`${Object.keys(tables).length} tables with ${rows} rows are as they were.`];
    said.push(`${manifest.files.length} stored files are as they were.`);

    const open = await unforcedTables(sql);
    if (open.length > 0) throw new Refused(`Row level security is not forced: ${open.join(", ")}`);
    const { looked, leaks } = await strangersSee(sql);
    if (leaks.length > 0) throw new Refused(`Tenants are not apart: ${leaks.join("; ")}`);
    said.push(
      `Row level security is forced on every table; ${looked} looks across tenants saw nothing.`,
    );

    const given = manifest.auditHead === null ? [] : [manifest.auditHead];
    const audit = await verifyAuditLog(sql, { heads: [], unreadable: [], given });
    const broken = audit.findings.find(({ problem }) => problem !== "head_missing");
    if (broken !== undefined) {
      throw new Refused(`The audit chain is broken: ${broken.problem} at row ${broken.seq}.`);
    }
    said.push(
      `The audit chain is unbroken: ${audit.sealed} rows sealed, ${audit.unsealed} not yet.`,
    );

    said.push(...await tryFlows(url));
    return said;
  });
}

/** Tables whose rows or sums are not what they were. */
export function differences(
  wanted: Readonly<Record<string, TableFacts>>,
  found: Readonly<Record<string, TableFacts>>,
): string[] {
  const names = [...new Set([...Object.keys(wanted), ...Object.keys(found)])].sort();
  return names.flatMap((name) => {
    const [before, now] = [wanted[name], found[name]];
    if (before === undefined) return [`${name} was not in the backup`];
    if (now === undefined) return [`${name} is missing`];
    if (before.rows !== now.rows) return [`${name} has ${now.rows} rows and had ${before.rows}`];
    return before.checksum === now.checksum ? [] : [`${name} has other content`];
  });
}
