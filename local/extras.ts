/**
 * Debian packages that checks and tests need beyond what a running stack does.
 */
import { packageMajor } from "./postgres.ts";
import { installPackages, missingPackages } from "./system.ts";

/** Packages named without the server's major version, or as they are. */
export type Extra = "postgresql-plpgsql-check" | "postgresql-pgtap" | "chromium";

/**
 * Installs what is missing, or says which command would.
 *
 * @param extras What is needed.
 * @param say Told what is about to happen.
 * @throws {MissingPackages} If a package is missing and cannot be installed.
 */
export async function installExtras(
  extras: readonly Extra[],
  say: (line: string) => void,
): Promise<void> {
  const major = await packageMajor();
  const packages = extras.map((name) =>
    name === "chromium" ? name : name.replace("postgresql-", `postgresql-${major}-`)
  );
  await installPackages(await missingPackages(packages), say);
}
