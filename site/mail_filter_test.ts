import assert from "node:assert/strict";
import { isNarrowed, mailFilter, mailQuery } from "./mail_filter.ts";

const filterOf = (query: string) => mailFilter(new URLSearchParams(query));
const NOTHING = { state: null, template: null, member: null, from: null, to: null };

Deno.test("mailFilter() reads what its own addresses say", () => {
  const filter = filterOf(
    "state=returned&template=nps_v1&member=Arta&from=2026-11-01&to=2026-11-30",
  );
  assert.deepEqual(filter, {
    state: "returned",
    template: "nps_v1",
    member: "Arta",
    from: "2026-11-01",
    to: "2026-11-30",
  });
  const query = new URLSearchParams(mailQuery(filter) as Record<string, string>);
  assert.deepEqual(mailFilter(query), filter);
  assert.ok(isNarrowed(filter));
});

Deno.test("mailFilter() leaves out what makes no sense", () => {
  assert.deepEqual(
    filterOf("state=odd&template=%27--&member=%20%00&from=2026-02-30&to=yesterday"),
    NOTHING,
  );
  assert.ok(!isNarrowed(filterOf("state=error")));
});
