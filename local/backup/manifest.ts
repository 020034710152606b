/** What a backup says of itself; the last file in it. */
import { z } from "zod";

/** The form of the file, raised when an older `restore` could not read it. */
export const FORMAT = 1;

/** Names of the files inside. */
export const DUMP = "database.dump";
/** The manifest's name; it comes last. */
export const MANIFEST = "manifest.json";

/** A table's rows and what they add up to. */
export const TableFacts = z.object({
  rows: z.number().int().nonnegative(),
  /** Sum over all rows of 60 bits of the MD5 of the row's text; their order does not matter. */
  checksum: z.string().regex(/^\d+$/),
});

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** A stored file, and where it lies in the backup. */
export const StoredFile = z.object({
  bucket: z.string(),
  path: z.string(),
  entry: z.string(),
  bytes: z.number().int().nonnegative(),
  sha256: Sha256,
  type: z.string(),
});

/** A role of the server, without its password. */
export const Role = z.object({
  name: z.string(),
  login: z.boolean(),
  inherit: z.boolean(),
  bypassRls: z.boolean(),
  settings: z.array(z.string()),
  memberOf: z.array(z.string()),
});

/** The manifest. */
export const Manifest = z.object({
  format: z.number().int(),
  madeAt: z.iso.datetime(),
  /** `APP_VERSION` where it was made. */
  appVersion: z.string(),
  /** Major version of the server. */
  postgres: z.number().int(),
  /** Applied migrations, in their order. */
  migrations: z.array(z.string()),
  database: z.object({ bytes: z.number().int().positive(), sha256: Sha256 }),
  tables: z.record(z.string(), TableFacts),
  files: z.array(StoredFile),
  /** Files that the database tells of and Storage did not have. */
  missingFiles: z.array(z.object({ bucket: z.string(), path: z.string() })),
  /** Where the audit chain stood; null before its first seal. */
  auditHead: z.object({ position: z.number().int().positive(), chainHash: Sha256 }).nullable(),
  roles: z.array(Role),
  /** What pg_cron had to do, for whoever takes the restored database into use. */
  jobs: z.array(z.object({ name: z.string(), schedule: z.string(), command: z.string() })),
});

/** See {@link Manifest}. */
export type Manifest = z.infer<typeof Manifest>;
/** See {@link TableFacts}. */
export type TableFacts = z.infer<typeof TableFacts>;
/** See {@link StoredFile}. */
export type StoredFile = z.infer<typeof StoredFile>;
/** See {@link Role}. */
export type Role = z.infer<typeof Role>;

/** Something that keeps a backup or a restore from going on; one line for whoever typed it. */
export class Refused extends Error {
  override readonly name = "Refused";
}
