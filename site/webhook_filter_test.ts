import assert from "node:assert/strict";
import { readCursor, writeCursor } from "./keyset.ts";
import { likePattern } from "./member_search.ts";
import { eventFilter, filterQuery } from "./webhook_filter.ts";

const read = (query: string) => eventFilter(new URLSearchParams(query));

Deno.test("eventFilter() takes what makes sense and leaves the rest out", () => {
  const nothing = { state: null, type: null, member: null, from: null, to: null };
  assert.deepEqual(read(""), nothing);
  assert.deepEqual(
    read("state=broken&type=A%20B&member=%20&from=2026-13-01&to=2026-04-31"),
    nothing,
  );
  assert.deepEqual(read("state=given_up&type=adjustment.&member=%00Arta&from=2028-02-29"), {
    ...nothing,
    state: "given_up",
    type: "adjustment.",
    member: "Arta",
    from: "2028-02-29",
  });
});

Deno.test("a filter survives the way through an address", () => {
  const filter = read("state=failed&type=transaction.completed&member=a%26b&from=2026-01-01");
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(filterQuery(filter))) {
    if (value !== null) query.set(name, value);
  }
  assert.deepEqual(eventFilter(query), filter);
});

Deno.test("a cursor survives the way through an address, anything else is none", () => {
  const cursor = {
    time: "2026-11-23T10:00:00.123456Z",
    id: "43e4b7aa-2c7d-4d11-a1bc-e9e38b1a4637",
  };
  assert.deepEqual(readCursor(writeCursor(cursor)), cursor);
  for (const text of [null, "", "x_y", `2026-99-23T10:00:00.123456Z_${cursor.id}`]) {
    assert.equal(readCursor(text), null);
  }
});

Deno.test("likePattern() lets no sign of a search stand for others", () => {
  assert.equal(likePattern("50%_\\"), "%50\\%\\_\\\\%");
  assert.equal(likePattern("a", "start"), "a%");
});
