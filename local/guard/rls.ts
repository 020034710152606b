/** Rules of the database, read off the committed `supabase/schema.sql`. */
import type { Finding } from "./rule.ts";

/** Tables of `private` that no client may reach need no policy; those of `public` always do. */
const CLIENTS = ["anon", "authenticated"];

/**
 * Compares the schema with the house's rules.
 *
 * @param schema The text of `supabase/schema.sql`.
 */
export function schemaRules(schema: string): Finding[] {
  return [
    ...tableRules(schema),
    ...policyRules(schema),
    ...functionRules(schema),
    ...viewRules(schema),
    ...grantRules(schema),
  ];
}

function tableRules(schema: string): Finding[] {
  const found: Finding[] = [];
  const reachable = new Set(
    [...schema.matchAll(/^GRANT [^;]*? ON TABLE (\S+) TO (\S+);/gm)]
      .filter((match) => CLIENTS.includes(match[2] ?? "")).map((match) => match[1]),
  );
  for (
    const [, table = "", body = ""] of schema.matchAll(/^CREATE TABLE (\S+) \(\n([\s\S]*?)\n\)/gm)
  ) {
    if (!table.startsWith("public.") && !reachable.has(table)) continue;
    const say = (what: string) => found.push({ rule: "rls", where: table, what });
    const name = escaped(table);
    if (
      !new RegExp(`^ALTER TABLE (?:ONLY )?${name} ENABLE ROW LEVEL SECURITY;`, "m").test(schema)
    ) {
      say("row level security is not enabled");
    }
    if (!new RegExp(`^ALTER TABLE (?:ONLY )?${name} FORCE ROW LEVEL SECURITY;`, "m").test(schema)) {
      say("row level security is not forced: it does not hold for the table's owner");
    }
    const hasTenant = /^ {4}tenant_id text .*NOT NULL/m.test(body);
    const isPinned = new RegExp(`^CREATE POLICY .* ON ${name} AS RESTRICTIVE `, "m").test(schema);
    if (hasTenant && reachable.has(table) && !isPinned) {
      say("belongs to a tenant and has no restrictive policy that pins it");
    }
  }
  return found;
}

function policyRules(schema: string): Finding[] {
  return [...schema.matchAll(/^CREATE POLICY "?([^"\n]*?)"? ON (\S+)([^;]*);/gm)].flatMap(
    ([, name = "", table = "", rest = ""]) => {
      const where = `${table} "${name}"`;
      if (!/ TO \S/.test(rest)) {
        return [{ rule: "rls", where, what: "names nobody: it is for everybody" }];
      }
      const open = / FOR (?:INSERT|UPDATE|DELETE) /.test(rest) && / TO anon\b/.test(rest);
      return open ? [{ rule: "rls", where, what: "lets visitors write" }] : [];
    },
  );
}

function functionRules(schema: string): Finding[] {
  const found: Finding[] = [];
  for (const [text, name = ""] of schema.matchAll(/^CREATE FUNCTION (\S+?)\([\s\S]*?\n\n/gm)) {
    const head = text.slice(0, text.search(/\n {4}AS \$|\nBEGIN ATOMIC/) >>> 0);
    if (!/SECURITY DEFINER/.test(head)) continue;
    if (!/SET search_path TO ''/.test(head)) {
      found.push({
        rule: "definer",
        where: name,
        what: "runs as its owner on the caller's search_path",
      });
    }
  }
  return found;
}

function viewRules(schema: string): Finding[] {
  return [...schema.matchAll(/^CREATE VIEW (public\.\S+)([^\n]*)/gm)]
    .filter(([, , options = ""]) => !options.includes("security_invoker='true'"))
    .map(([, where = ""]) => ({
      rule: "rls",
      where,
      what: "is a view that passes over the policies",
    }));
}

function grantRules(schema: string): Finding[] {
  return [...schema.matchAll(/^GRANT (ALL|[^;]*?) ON TABLE (\S+) TO (\S+);/gm)].flatMap(
    ([, rights = "", where = "", role = ""]) => {
      if (role === "PUBLIC") return [{ rule: "grant", where, what: `everybody may ${rights}` }];
      const tooMuch = rights === "ALL" || /\b(?:TRUNCATE|TRIGGER|REFERENCES)\b/.test(rights);
      return CLIENTS.includes(role) && tooMuch
        ? [{ rule: "grant", where, what: `${role} is granted ${rights}` }]
        : [];
    },
  );
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
