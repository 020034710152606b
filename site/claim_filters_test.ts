import assert from "node:assert/strict";
import { isByDue } from "@core/claims/queue.ts";
import {
  isNarrowed,
  listFilter,
  listPart,
  listQuery,
  partQuery,
  queueFilter,
  queueQuery,
} from "./claim_filters.ts";
import { withQuery } from "./links.ts";

const ID = "43e4b7aa-2c7d-4d11-a1bc-e9e38b1a4637";
const query = (text: string) => new URLSearchParams(text);

Deno.test("queueFilter() reads what queueQuery() writes", () => {
  const text = `view=mine&status=court&category=injury&branch=${ID}&q=Vod%C3%AB`;
  assert.equal(withQuery("", queueQuery(queueFilter(query(text)))), `?${text}`);
  const list = `status=draft&member=${ID}&assignee=${ID}`;
  assert.equal(withQuery("", listQuery(listFilter(query(list)))), `?${list}`);
});

Deno.test("what makes no sense in an address is left out", () => {
  const filter = queueFilter(query("view=theirs&status=paid&category=%27--&branch=1&q=a"));
  assert.deepEqual(queueQuery(filter), {
    view: null,
    status: null,
    category: null,
    branch: null,
    q: null,
  });
  assert.ok(!isNarrowed(filter));
  assert.equal(queueFilter(query("q=%00ab%00")).search, "ab");
  assert.equal([...queueFilter(query(`q=${"ë".repeat(300)}`)).search ?? ""].length, 100);
});

Deno.test("listPart() takes a place behind or before a row, and what is never due has one", () => {
  const place = { time: "infinity", id: ID };
  const { after } = partQuery({ after: place });
  assert.deepEqual(listPart(query(`after=${after}`)), { after: place, before: null });
  assert.deepEqual(listPart(query(`before=${after}`)), { after: null, before: place });
  assert.deepEqual(listPart(query(`before=${after}&after=${after}`)).before, null);
  assert.deepEqual(listPart(query("after=-infinity_x")), { after: null, before: null });
});

Deno.test("isByDue() knows which lists have an order of what is due", () => {
  const by = (text: string) => isByDue(queueFilter(query(text)));
  for (const text of ["", "view=now", "view=all&q=ab", "status=court", "view=mine&status=court"]) {
    assert.ok(by(text), text);
  }
  for (const text of ["view=closed", "q=ab", "status=resolved", "view=mine&status=rejected"]) {
    assert.ok(!by(text), text);
  }
});
