import assert from "node:assert/strict";
import {
  connectDatabase,
  type Database,
  type DatabaseOptions,
  sqlState,
  type Transaction,
} from "./database.ts";
import { DatabaseUnavailable } from "./errors.ts";
import postgres from "postgres";

const url = Deno.env.get("TEST_SITE_DATABASE_URL");
const ownerUrl = Deno.env.get("TEST_DATABASE_URL");
const alice = { userId: crypto.randomUUID(), claims: { email: "alice@example.test" } };

/** Runs against a real database; left out where there is none. */
function test(name: string, work: (db: Database) => Promise<void>, options: DatabaseOptions = {}) {
  Deno.test({
    name,
    ignore: !url || !ownerUrl,
    async fn() {
      const db = connectDatabase(url ?? "", { connectTimeout: 2_000, ...options });
      try {
        await work(db);
      } finally {
        await db.end();
      }
    },
  });
}

/** Who a transaction says it is. */
const whoami = (db: Database, who: "alice" | "anon") => {
  const ask = async (tx: Transaction) => {
    const [row] = await tx<{ role: string; claims: string; sub: string; pid: number }[]>`
      select current_user::text as role, current_setting('request.jwt.claims', true) as claims,
             current_setting('request.jwt.claim.sub', true) as sub, pg_backend_pid() as pid`;
    assert.ok(row);
    return row;
  };
  return who === "alice" ? db.asUser(alice, ask) : db.asAnon(ask);
};

async function terminate(pid: number) {
  const owner = postgres(ownerUrl ?? "", { max: 1 });
  await owner`select pg_terminate_backend(${pid})`;
  await owner.end();
}

async function status(db: Database, xid: string) {
  return await db.asAnon(async (tx) => {
    const [row] = await tx`select txid_status(${xid}::text::bigint)`;
    return row?.["txidStatus"];
  });
}

const xidOf = async (tx: Transaction): Promise<string> =>
  (await tx`select txid_current()::text as xid`)[0]?.["xid"];

test("asUser() takes the role and the claims of the person", async (db) => {
  const me = await whoami(db, "alice");
  assert.equal(me.role, "authenticated");
  assert.equal(me.sub, alice.userId);
  assert.deepEqual(JSON.parse(me.claims), {
    email: "alice@example.test",
    sub: alice.userId,
    role: "authenticated",
  });
});

test("asUser() does not take a role from the claims", async (db) => {
  const forged = { ...alice, claims: { role: "service_role", sub: "someone else" } };
  const [row] = await db.asUser(forged, (tx) =>
    tx`
    select current_user::text as role, current_setting('request.jwt.claims')::jsonb as claims`);
  assert.equal(row?.["role"], "authenticated");
  assert.deepEqual(row?.["claims"], { sub: alice.userId, role: "authenticated" });
});

test("asAnon() after asUser() on one connection sees nothing of the person", async (db) => {
  const first = await whoami(db, "alice");
  const second = await whoami(db, "anon");
  assert.equal(second.pid, first.pid);
  assert.deepEqual([second.role, second.sub, second.claims], ["anon", "", `{"role":"anon"}`]);
}, { poolSize: 1 });

test("a failed transaction leaves neither role nor claims behind", async (db) => {
  await assert.rejects(db.asUser(alice, () => Promise.reject(new Error("no"))), /no/);
  assert.equal((await whoami(db, "anon")).role, "anon");
  await assert.rejects(db.asUser(alice, (tx) => tx`select 1/0`));
  const after = await whoami(db, "anon");
  assert.deepEqual([after.role, after.sub], ["anon", ""]);
}, { poolSize: 1 });

test("asService() refuses a role that the login is not a member of", async (db) => {
  let ran = false;
  await assert.rejects(
    db.asService("service_webhooks", async (tx) => {
      await tx`select 1`;
      ran = true;
    }),
    (error) => ["42501", "22023"].includes(sqlState(error) ?? ""),
  );
  assert.equal(ran, false);
  assert.equal((await whoami(db, "anon")).role, "anon");
});

test("asService() fails when the role is refused, even if the work sends nothing", async (db) => {
  await assert.rejects(db.asService("service_webhooks", () => Promise.resolve()));
});

test("asAnon() commits and returns what the work returned", async (db) => {
  const xid = await db.asAnon(xidOf);
  assert.equal(await status(db, xid), "committed");
});

test("asAnon() rolls back when the work throws", async (db) => {
  let xid = "";
  await assert.rejects(
    db.asAnon(async (tx) => {
      xid = await xidOf(tx);
      throw new Error("changed my mind");
    }),
    /changed my mind/,
  );
  assert.equal(await status(db, xid), "aborted");
});

test("asAnon() reports the first of several pipelined statements that failed", async (db) => {
  await assert.rejects(
    db.asAnon((tx) => Promise.all([tx`select 1/0`, tx`select 1`, tx`select 2`])),
    (error) => sqlState(error) === "22012",
  );
  assert.equal((await whoami(db, "anon")).role, "anon");
}, { poolSize: 1 });

test("asAnon() fails when work goes on after a failed statement", async (db) => {
  let xid = "";
  await assert.rejects(
    db.asAnon(async (tx) => {
      xid = await xidOf(tx);
      await tx`select 1/0`.catch(() => {});
      return "as if nothing had happened";
    }),
    (error) => sqlState(error) === "22012",
  );
  assert.equal(await status(db, xid), "aborted");
});

test("a statement executed and not awaited is committed with the rest", async (db) => {
  let seen = 0;
  await db.asAnon((tx) => {
    tx`select 1`.execute().then(() => seen++);
    tx`select ${2}::int`.execute().then(() => seen++);
    return Promise.resolve();
  });
  assert.equal(seen, 2);
});

test("a statement executed and not awaited fails the transaction", async (db) => {
  let xid = "";
  await assert.rejects(
    db.asAnon(async (tx) => {
      xid = await xidOf(tx);
      tx`select 1/0`.execute();
      tx`select 1`.execute();
    }),
    (error) => sqlState(error) === "22012",
  );
  assert.equal(await status(db, xid), "aborted");
});

test("work may go on after it rolled back to a savepoint", async (db) => {
  let xid = "";
  await db.asAnon(async (tx) => {
    xid = await xidOf(tx);
    await tx`savepoint before_it`;
    await tx`select 1/0`.catch(() => {});
    await tx`rollback to before_it`;
  });
  assert.equal(await status(db, xid), "committed");
});

test("a value that cannot be sent fails the transaction and spoils no later one", async (db) => {
  const nothing = undefined as unknown as string;
  // On a connection that knows the envelope already everything is sent without a pause.
  await whoami(db, "anon");
  const started = performance.now();
  await assert.rejects(db.asAnon((tx) => tx`select ${nothing}::text`), /Undefined values/);
  await assert.rejects(
    db.asAnon((tx) => {
      tx`select ${1}::int`.execute();
      tx`select ${nothing}::text`.execute();
      tx`select ${2}::int`.execute();
      return Promise.resolve();
    }),
    /Undefined values/,
  );
  for (const n of [1, 2, 3]) {
    const [row] = await db.asAnon((tx) => tx`select ${n}::int as n, current_user as role`);
    assert.deepEqual(row, { n, role: "anon" });
  }
  assert.ok(performance.now() - started < 2_000, "nobody waited for an answer that never comes");
}, { poolSize: 1 });

test("a statement made inside and awaited after the end is refused", async (db) => {
  let later: PromiseLike<unknown> = Promise.resolve();
  await db.asUser(alice, async (tx) => {
    const statement = tx`select current_user`;
    later = { then: (resolve, reject) => statement.then(resolve, reject) };
    await tx`select 1`;
  });
  await assert.rejects(async () => await later, /has ended/);
  assert.equal((await whoami(db, "anon")).role, "anon");
}, { poolSize: 1 });

test("fragments and helpers build one statement", async (db) => {
  const rows = await db.asAnon((tx) => {
    const filter = tx`where n > ${1} ${tx`and n < ${4}`}`;
    return tx`select n from unnest(${[1, 2, 3, 4]}::int[]) n ${filter} order by n`;
  });
  assert.deepEqual(rows.map((row) => row["n"]), [2, 3]);
});

test("rows have camelCase names, bigint is a number, json keeps its keys", async (db) => {
  const [row] = await db.asAnon((tx) =>
    tx`select 2000::bigint as amount_cents, '{"custom_data": 1}'::jsonb as payload_json`
  );
  assert.deepEqual(row, { amountCents: 2000, payloadJson: { "custom_data": 1 } });
});

test("a bigint that does not fit a number is an error", async (db) => {
  await assert.rejects(db.asAnon((tx) => tx`select 9007199254740993::bigint as n`), /does not fit/);
});

test("a timestamp given as text keeps its microseconds", async (db) => {
  const at = "2024-04-12T10:18:49.738971Z";
  const [row] = await db.asAnon((tx) =>
    tx`select to_char(${at}::timestamptz at time zone 'utc', 'US') as micros`
  );
  assert.equal(row?.["micros"], "738971");
});

test("60 transactions over 4 connections each act for their own person", async (db) => {
  const people = Array.from({ length: 60 }, () => crypto.randomUUID());
  const seen = await Promise.all(
    people.map((userId, index) =>
      db.asUser({ userId, claims: {} }, async (tx) => {
        if (index % 7 === 0) await tx`select pg_sleep(0.01)`;
        const [row] = await tx`select current_setting('request.jwt.claim.sub') as sub`;
        if (index % 5 === 0) throw new Error(row?.["sub"]);
        return row?.["sub"];
      }).catch((error: Error) => error.message)
    ),
  );
  assert.deepEqual(seen, people);
}, { poolSize: 4 });

test("waiting for a connection ends in DatabaseUnavailable", async (db) => {
  const gate = Promise.withResolvers<void>();
  const holder = db.asAnon(async (tx) => {
    await tx`select 1`;
    await gate.promise;
  });
  await assert.rejects(whoami(db, "anon"), DatabaseUnavailable);
  gate.resolve();
  await holder;
  assert.equal((await whoami(db, "anon")).role, "anon");
}, { poolSize: 1, connectTimeout: 200 });

test("a connection lost in the middle is DatabaseUnavailable, the next one works", async (db) => {
  const started = performance.now();
  await assert.rejects(
    db.asAnon(async (tx) => {
      const [row] = await tx`select pg_backend_pid() as pid`;
      await terminate(row?.["pid"]);
      await tx`select ${1}::int`;
    }),
    DatabaseUnavailable,
  );
  assert.ok(performance.now() - started < 5_000);
  assert.equal((await whoami(db, "anon")).role, "anon");
}, { poolSize: 1 });

test(
  "a connection lost while statements wait behind each other leaves none hanging",
  async (db) => {
    await assert.rejects(
      db.asAnon(async (tx) => {
        const [row] = await tx`select pg_backend_pid() as pid`;
        setTimeout(() => terminate(row?.["pid"]), 50);
        // A statement's first use with parameters holds back those after it.
        const running = tx`select pg_sleep(${5})`.execute();
        const behind = tx`select ${"behind"}::text`.execute();
        running.catch(() => {});
        await behind;
      }),
      DatabaseUnavailable,
    );
    assert.equal((await whoami(db, "anon")).role, "anon");
  },
  { poolSize: 1 },
);

test("a connection lost while idle is replaced", async (db) => {
  const { pid } = await whoami(db, "anon");
  await terminate(pid);
  // The news of the lost connection is on its way; until it is here, a caller is told so.
  const deadline = Date.now() + 5_000;
  const next = async (): Promise<number> => {
    try {
      return (await whoami(db, "anon")).pid;
    } catch (error) {
      if (!(error instanceof DatabaseUnavailable) || Date.now() > deadline) throw error;
      return await next();
    }
  };
  assert.notEqual(await next(), pid);
}, { poolSize: 1 });

test("a statement that runs too long is ended by the server", async (db) => {
  await assert.rejects(
    db.asAnon((tx) =>
      Promise.all([tx`set local statement_timeout = '50ms'`, tx`select pg_sleep(5)`])
    ),
    (error) => sqlState(error) === "57014",
  );
  assert.equal((await whoami(db, "anon")).role, "anon");
}, { poolSize: 1 });

test("a transaction that takes too long as seen from here is given up", async (db) => {
  const started = performance.now();
  await assert.rejects(db.asAnon((tx) => tx`select pg_sleep(5)`), DatabaseUnavailable);
  assert.ok(performance.now() - started < 2_000);
  assert.equal((await whoami(db, "anon")).role, "anon");
}, { poolSize: 1, transactionTimeout: 150 });

test("end() refuses new work", async (db) => {
  await whoami(db, "anon");
  await db.end();
  await assert.rejects(whoami(db, "anon"), DatabaseUnavailable);
});

Deno.test("asAnon() on an address that nothing listens on is DatabaseUnavailable", async () => {
  const db = connectDatabase("postgresql://app_site@127.0.0.1:1/postgres", { connectTimeout: 500 });
  await assert.rejects(whoami(db, "anon"), DatabaseUnavailable);
  await db.end();
});
