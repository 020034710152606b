import assert from "node:assert/strict";
import { type Account, type AuthWorld, stranger, testAuth } from "./auth_support.ts";

const NEW = "an entirely new Password";

function change(world: AuthWorld, account: Account, present: string, password: string) {
  const headers = { authorization: `Bearer ${account.accessToken}` };
  return world.ask("/auth/change-password", { present, password }, headers);
}

testAuth("who knows the present password changes it; every other session ends", async (world) => {
  const arta = await world.account();
  const other = await world.signIn(arta);
  const answer = await change(world, arta, arta.password, NEW);
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get("cache-control"), "no-store");
  const tokens = await answer.json();
  for (const { refreshToken } of [arta, other]) {
    const { error } = await stranger().auth.refreshSession({ "refresh_token": refreshToken });
    assert.ok(error, "an old refresh token still works");
  }
  const fresh = await stranger().auth.refreshSession({ "refresh_token": tokens.refreshToken });
  assert.equal(fresh.error, null);
  await assert.rejects(world.signIn(arta));
  await world.background.settled();
  assert.equal((await world.mailsTo(arta.email))[0]?.subject, "Fjalëkalimi juaj u ndryshua");
  const rows = await world.sql`
    select actor_id from audit_log
    where action = 'auth.password_changed' and entity_id = ${arta.id}`;
  assert.deepEqual(rows.map((row) => row["actor_id"]), [arta.id]);
});

testAuth(
  "a wrong, weak or missing password changes nothing and leaves no session",
  async (world) => {
    const arta = await world.account();
    for (
      const [present, password, status, code] of [
        ["not the one", NEW, 422, "wrong_password"],
        [arta.password, "short", 422, "weak_password"],
        [arta.password, "password1", 422, "weak_password"],
        [arta.password, "Arta Berisha 1", 422, "weak_password"],
      ] as const
    ) {
      const answer = await change(world, arta, present, password);
      assert.equal(answer.status, status);
      assert.equal((await answer.json()).error.code, code);
    }
    const [left] = await world.sql`
    select count(*)::int as n from auth.sessions where user_id = ${arta.id}`;
    assert.equal(left?.["n"], 1);
    const headers = { authorization: `Bearer ${arta.accessToken}` };
    assert.equal((await world.ask("/auth/change-password", {}, headers)).status, 400);
  },
);

testAuth("nobody changes a password without a session that lives", async (world) => {
  const arta = await world.account();
  const body = { present: arta.password, password: NEW };
  for (const authorization of ["", "Bearer", "Bearer nonsense", `Basic ${arta.accessToken}`]) {
    const answer = await world.ask("/auth/change-password", body, { authorization });
    assert.equal(answer.status, 401, authorization);
  }
  await world.sql`delete from auth.sessions where user_id = ${arta.id}`;
  assert.equal((await change(world, arta, arta.password, NEW)).status, 401);
  await world.signIn(arta);
});

testAuth("an open session is no place to guess the password", async (world) => {
  const arta = await world.account();
  const statuses = [];
  for (let i = 0; i < 11; i++) {
    statuses.push((await change(world, arta, `guess ${i}`, NEW)).status);
  }
  assert.deepEqual([statuses[0], statuses[9], statuses[10]], [422, 422, 429]);
  assert.equal((await change(world, arta, arta.password, NEW)).status, 429);
});
