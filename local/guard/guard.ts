/** All rules of the guard over one checkout, and over its database where there is one. */
import { join } from "node:path";
import postgres from "postgres";
import { z } from "zod";
import { strangersSee, unforcedTables } from "../backup/isolation.ts";
import { ROOT } from "../settings.ts";
import { headerRules } from "./headers.ts";
import { Advisories, advisoryRules, licenceRules, Licences, lockedPackages } from "./packages.ts";
import { bannedPatterns } from "./patterns.ts";
import { schemaRules } from "./rls.ts";
import type { Finding, Tree } from "./rule.ts";
import { secretsInHistory, secretsInTree } from "./secrets.ts";
import { readHistory, readTree } from "./tree.ts";

/** What one part of the guard found. */
export interface Section {
  readonly name: string;
  /** What was looked at. */
  readonly looked: string;
  readonly findings: readonly Finding[];
}

const Accepted = z.object({
  secrets: z.array(z.object({ sha256: z.string(), reason: z.string() })),
});

/** Days after which the list of advisories is too old to say anything. */
const ADVISORIES_AGE = 90;

/**
 * Runs every rule.
 *
 * @param options The checkout, and the database as its owner if there is one.
 */
export async function runGuard(
  { root = ROOT, databaseUrl }: {
    readonly root?: string;
    readonly databaseUrl?: string | undefined;
  } = {},
): Promise<Section[]> {
  const tree = await readTree(root);
  const accepted = Accepted.parse(JSON.parse(read(tree, "local/guard/accepted.json"))).secrets;
  const history = await readHistory(root);
  const packages = lockedPackages(read(tree, "deno.lock"));
  const advisories = Advisories.parse(JSON.parse(read(tree, "local/guard/advisories.json")));
  const licences = Licences.parse(JSON.parse(read(tree, "local/guard/licences.json")));
  const age = Math.floor((Date.now() - Date.parse(advisories.updated)) / 86_400_000);
  return [
    {
      name: "secrets in the tree",
      looked: `${tree.size} files`,
      findings: secretsInTree(tree, accepted),
    },
    history === null
      ? {
        name: "secrets in the history",
        looked: "NOT LOOKED AT: no git history here",
        findings: [],
      }
      : {
        name: "secrets in the history",
        looked: `${new Set(history.map(({ commit }) => commit)).size} commits`,
        findings: secretsInHistory(history, accepted),
      },
    {
      name: "dependency advisories",
      looked: `${packages.length} packages, list of ${advisories.updated}`,
      findings: [
        ...advisoryRules(packages, advisories),
        ...(age > ADVISORIES_AGE
          ? [{
            rule: "advisory",
            where: join("local", "guard", "advisories.json"),
            what: `is ${age} days old; ${advisories.refresh}`,
          }]
          : []),
      ],
    },
    {
      name: "licences",
      looked: `${packages.length} packages`,
      findings: licenceRules(packages, licences),
    },
    { name: "banned patterns", looked: "what is shipped", findings: bannedPatterns(tree) },
    {
      name: "rules of the schema",
      looked: "supabase/schema.sql",
      findings: schemaRules(read(tree, "supabase/schema.sql")),
    },
    { name: "header policy", looked: "five kinds of answers", findings: headerRules() },
    await databaseSection(databaseUrl),
  ];
}

async function databaseSection(url: string | undefined): Promise<Section> {
  const name = "tenants apart in the database";
  if (url === undefined) return { name, looked: "NOT LOOKED AT: no SUPABASE_DB_URL", findings: [] };
  const sql = postgres(url, { max: 1, onnotice: () => {}, "connect_timeout": 5 });
  try {
    const open = await unforcedTables(sql);
    const { looked, leaks } = await strangersSee(sql);
    return {
      name,
      looked: `${looked} looks across tenants`,
      findings: [
        ...open.map((where) => ({ rule: "rls", where, what: "row level security is not forced" })),
        ...leaks.map((what) => ({ rule: "rls", where: "database", what })),
      ],
    };
  } catch (error) {
    if (!(error instanceof Error && "code" in error && /^ECONN/.test(String(error.code)))) {
      throw error;
    }
    return { name, looked: "NOT LOOKED AT: the database does not answer", findings: [] };
  } finally {
    await sql.end({ timeout: 1 });
  }
}

function read(tree: Tree, path: string): string {
  const text = tree.get(path);
  if (text === undefined) throw new Error(`${path} is missing`);
  return text;
}
