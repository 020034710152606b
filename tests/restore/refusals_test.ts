/** What a restore refuses, in one line, and that it leaves nothing behind. */
import assert from "node:assert/strict";
import { join } from "node:path";
import type postgres from "postgres";
import { MANIFEST, Refused } from "../../local/backup/manifest.ts";
import { appendEntry, endTar, readTar } from "../../local/backup/tar.ts";
import { verifyRestored } from "../../local/backup/verify.ts";
import { knownMigrations } from "../../local/migrations.ts";
import { inRoom, type Room } from "./rooms.ts";

/** A backup of the stack, and its bytes. */
async function backedUp(room: Room): Promise<Uint8Array<ArrayBuffer>> {
  await room.backup("postgres", "good.backup");
  return await Deno.readFile(join(room.folder, "good.backup"));
}

async function refused(work: Promise<unknown>, why: RegExp): Promise<void> {
  await assert.rejects(work, (error: unknown) => {
    assert.ok(error instanceof Refused, String(error));
    assert.match(error.message, why);
    assert.ok(!error.message.includes("\n"), "one line");
    return true;
  });
}

Deno.test("restore refuses what is cut off, altered or something else, and leaves nothing", () =>
  inRoom(async (room) => {
    const good = await backedUp(room);
    const bad = async (bytes: Uint8Array, why: RegExp) => {
      await Deno.writeFile(join(room.folder, "bad.backup"), bytes);
      await refused(room.restore("bad.backup", room.name("bad")), why);
    };
    await bad(good.subarray(0, good.length - 700), /is damaged: it is cut off/);
    await bad(good.subarray(0, good.length / 2), /is damaged: it is cut off/);
    const flipped = Uint8Array.from(good);
    flipped[100_000] = (flipped[100_000] ?? 0) ^ 1;
    await bad(flipped, /is damaged: database\.dump is not what its checksum says/);
    await bad(new TextEncoder().encode("something else\n".repeat(100)), /not a tar/);
    await refused(room.restore("nothing.backup", room.name("bad")), /There is no file/);
    assert.deepEqual(await room.present(), []);
    const left = await Array.fromAsync(Deno.readDir(room.folder), ({ name }) => name);
    assert.deepEqual(left.sort(), ["bad.backup", "good.backup"]);
  }));

Deno.test("restore refuses a manifest that tells of other rows, after it looked", () =>
  inRoom(async (room) => {
    await backedUp(room);
    await rewrite(room, (manifest) => {
      const tables = manifest["tables"] as Record<string, { rows: number }>;
      (tables["public.claims"] ?? { rows: 0 }).rows++;
    });
    await refused(
      room.restore("rewritten.backup", room.name("bad")),
      /Not restored as it was: public\.claims has \d+ rows and had \d+/,
    );
    await rewrite(room, (manifest) => manifest["format"] = 2);
    await refused(room.restore("rewritten.backup", room.name("bad")), /has format 2/);
    assert.deepEqual(await room.present(), []);
  }));

Deno.test("restore refuses another version, and a database that is not empty", () =>
  inRoom(async (room) => {
    await backedUp(room);
    const known = await knownMigrations();
    await refused(
      room.restore("good.backup", room.name("bad"), known.slice(0, -1)),
      /The backup is at migration \d+, this checkout at \d+: check out version 1\.2\.3/,
    );
    await refused(
      room.restore("good.backup", room.name("bad"), [...known, "20991231000000"]),
      /this checkout at 20991231000000/,
    );
    assert.deepEqual(await room.present(), []);
    await refused(room.restore("good.backup", "postgres"), /The database postgres is not empty/);
    await refused(room.restore("good.backup", "Bad-Name"), /is no name for a database/);
    await refused(room.backup("postgres", "good.backup"), /a backup replaces nothing/);
  }));

/** Faults that a backup carries along faithfully, and the check that finds each. */
const FAULTS: readonly (readonly [why: RegExp, plant: (tx: postgres.TransactionSql) => unknown])[] =
  [
    [
      /Row level security is not forced: claims/,
      (tx) => tx`alter table public.claims no force row level security`,
    ],
    [
      /Tenants are not apart: .*staff of mk sees rows of others in claims/,
      async (tx) => {
        await tx`drop policy "Claims stay inside their tenant" on public.claims`;
        await tx`create policy "All" on public.claims for select to authenticated using (true)`;
      },
    ],
    [
      /The audit chain is broken: edited at row \d+/,
      async (tx) => {
        await tx`alter table public.audit_log disable trigger user`;
        await tx`
          update public.audit_log set action = 'nothing.happened'
          where seq = (select min(seq) from public.audit_chain)`;
        await tx`alter table public.audit_log enable trigger user`;
      },
    ],
    [
      /A flow does not work: claims: .*|permission denied/,
      (tx) => tx`revoke insert on public.claims from authenticated`,
    ],
  ];

Deno.test("a faithful copy of a broken house is not reported as a success", () =>
  inRoom(async (room) => {
    await room.open("postgres", (sql) => sql`select private.seal_audit()`);
    await backedUp(room);
    for (const [index, [why, plant]] of FAULTS.entries()) {
      const name = room.name(`fault${index}`);
      await room.restore("good.backup", name);
      await room.open(name, (sql) => sql.begin(async (tx) => void await plant(tx)));
      const { manifest } = await room.backup(name, `fault${index}.backup`);
      await assert.rejects(verifyRestored(room.urlOf(name), manifest), why);
    }
  }));

/** The good backup with another manifest, whose own checksums are right. */
async function rewrite(
  room: Room,
  change: (manifest: Record<string, unknown>) => void,
): Promise<void> {
  const out = await Deno.open(join(room.folder, "rewritten.backup"), {
    write: true,
    create: true,
    truncate: true,
  });
  const source = await Deno.open(join(room.folder, "good.backup"));
  for await (const { name, size, body } of readTar(source)) {
    if (name !== MANIFEST) await appendEntry(out, name, size, body);
    else {
      const manifest = JSON.parse(await new Response(ReadableStream.from(body)).text());
      change(manifest);
      const text = new TextEncoder().encode(JSON.stringify(manifest));
      await appendEntry(out, name, text.byteLength, ReadableStream.from([text]));
    }
  }
  await endTar(out);
  source.close();
  out.close();
}
