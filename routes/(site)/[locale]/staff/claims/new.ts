import { countNewClaims } from "@core/claims/queue_store.ts";
import { queueFilter } from "../../../../../site/claim_filters.ts";
import { viewerOf } from "../../../../../site/guards.ts";
import { matchOf } from "../../../../../site/query_fields.ts";
import { define } from "../../../../../utils.ts";

/** Microseconds since 1970, as the queue's page has them from the database. */
const MOMENT = /^\d{1,16}$/;

/** Tells an open queue how many claims came into it since it was read: `{ "count": 2 }`. */
export const handler = define.handlers({
  async GET({ state, url }) {
    const viewer = viewerOf(state);
    const owner = { tenantId: viewer.tenantId, userId: viewer.id };
    const filter = queueFilter(url.searchParams);
    const since = matchOf(url.searchParams, "since", MOMENT);
    const count = since === null
      ? 0
      : await state.db((tx) => countNewClaims(tx, owner, filter, Number(since)));
    return Response.json({ count }, { headers: { "cache-control": "no-store" } });
  },
});
