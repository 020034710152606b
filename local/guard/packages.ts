/** npm packages of the lock file: known advisories, and licences. */
import { join } from "node:path";
import { z } from "zod";
import { run } from "../system.ts";
import type { Finding } from "./rule.ts";

/** A package of the lock file. */
export interface Package {
  readonly name: string;
  readonly version: string;
}

/** The committed list of advisories. */
export const Advisories = z.object({
  /** When it was last compared with the sources. */
  updated: z.iso.date(),
  /** How to bring it up to date. */
  refresh: z.string(),
  advisories: z.array(z.object({
    package: z.string(),
    /** Versions that are affected: `>=1.0.0 <1.1.12`, several by `||`. */
    range: z.string(),
    id: z.string(),
    severity: z.enum(["low", "moderate", "high", "critical"]),
    what: z.string(),
    /** Why it does not concern us, if it is there all the same. */
    accepted: z.string().optional(),
  })),
});

/** The committed licences, by `name@version`. */
export const Licences = z.record(z.string(), z.string());

/** Licences under which this project may be handed on and run. */
const ALLOWED = new Set([
  "0BSD",
  "Apache-2.0",
  "BlueOak-1.0.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "CC0-1.0",
  "ISC",
  "MIT",
  "MIT-0",
  "Python-2.0",
  "Unlicense",
  "Zlib",
]);
/** Used as they are, not changed, and not part of what is shipped to browsers. */
const ALLOWED_AS_TOOLS: Readonly<Record<string, RegExp>> = {
  // axe-core runs in browser tests only.
  "MPL-2.0": /^axe-core@/,
};

/** Packages of a `deno.lock`, by name and version. */
export function lockedPackages(lock: string): Package[] {
  const { npm = {} } = JSON.parse(lock) as { npm?: Record<string, unknown> };
  const found = new Map<string, Package>();
  for (const key of Object.keys(npm)) {
    // `@scope/name@1.2.3_peer@4.5.6`
    const [, name, version] = /^(@?[^@]+)@([^_]+)/.exec(key) ?? [];
    if (name !== undefined && version !== undefined) {
      found.set(`${name}@${version}`, { name, version });
    }
  }
  return [...found.values()].sort((a, b) => a.name < b.name ? -1 : 1);
}

/** Locked packages that an advisory names. */
export function advisoryRules(
  packages: readonly Package[],
  { advisories }: z.infer<typeof Advisories>,
): Finding[] {
  return packages.flatMap(({ name, version }) =>
    advisories
      .filter((one) =>
        one.package === name && one.accepted === undefined && isIn(version, one.range)
      )
      .map(({ id, severity, what, range }) => ({
        rule: "advisory",
        where: `${name}@${version}`,
        what: `${severity}: ${what} (${id}, versions ${range})`,
      }))
  );
}

/** Packages without a known licence, or with one that does not go with ours. */
export function licenceRules(
  packages: readonly Package[],
  licences: z.infer<typeof Licences>,
): Finding[] {
  return packages.flatMap(({ name, version }) => {
    const where = `${name}@${version}`;
    const licence = licences[where];
    if (licence === undefined) {
      const what = "is not in local/guard/licences.json: deno task security:guard --write";
      return [{ rule: "licence", where, what }];
    }
    const goes = licence.replaceAll(/[()]/g, "").split(" OR ").some((choice) =>
      choice.split(" AND ").every((one) =>
        ALLOWED.has(one) || ALLOWED_AS_TOOLS[one]?.test(where) === true
      )
    );
    return goes ? [] : [{ rule: "licence", where, what: `is under ${licence}` }];
  });
}

/** Whether a version is in a range of comparisons: `>=1.0.0 <1.1.12 || =2.0.0`. */
export function isIn(version: string, range: string): boolean {
  return range.split("||").some((part) =>
    part.trim().split(/\s+/).every((comparison) => {
      const [, operator = "=", wanted = ""] = /^(<=|>=|<|>|=)?(\d.*)$/.exec(comparison) ?? [];
      if (wanted === "") throw new RangeError(`not a range: ${range}`);
      const order = compareVersions(version, wanted);
      if (operator === "<") return order < 0;
      if (operator === "<=") return order <= 0;
      if (operator === ">") return order > 0;
      if (operator === ">=") return order >= 0;
      return order === 0;
    })
  );
}

/** As semver orders them: numbers by their size, a pre-release before its release. */
export function compareVersions(a: string, b: string): number {
  const [[left, before = ""], [right, after = ""]] = [split(a), split(b)];
  for (let at = 0; at < 3; at++) {
    const difference = (left[at] ?? 0) - (right[at] ?? 0);
    if (difference !== 0) return difference;
  }
  if (before === after) return 0;
  if (before === "" || after === "") return before === "" ? 1 : -1;
  return before.localeCompare(after, "en", { numeric: true });
}

function split(version: string): [number[], string | undefined] {
  const [core = "", pre] = version.split("+")[0]?.split(/-(.*)/s) ?? [];
  return [core.split(".").map(Number), pre];
}

/** Reads the licences of packages from Deno's cache; those that are not in it keep what is known. */
export async function readLicences(
  packages: readonly Package[],
  known: z.infer<typeof Licences>,
): Promise<Record<string, string>> {
  const { stdout } = await run([Deno.execPath(), "info", "--json"]);
  const cache = (JSON.parse(stdout) as { npmCache: string }).npmCache;
  const licences: Record<string, string> = {};
  for (const { name, version } of packages) {
    const key = `${name}@${version}`;
    const file = join(cache, "registry.npmjs.org", name, version, "package.json");
    const text = await Deno.readTextFile(file).catch(() => null);
    const licence = text === null ? null : licenceOf(JSON.parse(text));
    const value = licence ?? known[key] ?? siblingOf(name, known);
    if (value !== undefined) licences[key] = value;
  }
  return licences;
}

function licenceOf(manifest: { license?: unknown; licenses?: unknown }): string | null {
  const { license, licenses } = manifest;
  if (typeof license === "string") return license;
  const one = Array.isArray(licenses) ? licenses[0] : license;
  const type = (one as { type?: unknown } | undefined)?.type;
  return typeof type === "string" ? type : null;
}

/** A package for another kind of machine is under the licence of the one for this. */
function siblingOf(name: string, known: z.infer<typeof Licences>): string | undefined {
  const family =
    /^(@[^/]+\/(?:[a-z]+-)*?)(?:aix|android|darwin|freebsd|linux|netbsd|openbsd|openharmony|sunos|wasm|win32)/
      .exec(name)?.[1];
  const sibling = Object.keys(known).find((key) => family !== undefined && key.startsWith(family));
  return sibling === undefined ? undefined : known[sibling];
}
