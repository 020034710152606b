/** Do Paddle's events arrive, are they genuine, and are they applied. */
import type { OperationsReport } from "../report_store.ts";
import { type Finding, odd, well, wrong } from "./check.ts";

/** Events that failed or wait for too long. */
export function webhooks({ webhooks: seen, flags }: OperationsReport): Finding {
  const { failed, waiting, overdue } = seen;
  const facts = { failed, "given_up": seen.given_up, waiting, overdue };
  if (failed > 0) return wrong("webhooks_failed", { facts, since: seen.failed_since });
  if (overdue > 0) return wrong("webhooks_overdue", { facts, since: seen.oldest_at });
  const held = flags.find(({ key }) => key === "hold_webhooks");
  if (held !== undefined) return odd("webhooks_held", { facts, since: held.since });
  return well({ facts, since: seen.oldest_at });
}

/** So many refused in a day, while real ones come through, are somebody who tries. */
const MANY = 20;

/**
 * Deliveries with a signature that is not right. While none comes through after them the secret or a
 * clock is wrong.
 */
export function webhookSignatures({ webhooks: seen }: OperationsReport): Finding {
  const facts = { refused: seen.refused };
  const since = seen.refused_since;
  if (seen.refused_since_then === 0) {
    return seen.refused < MANY ? well({ facts }) : odd("forgeries", { facts });
  }
  const detail = seen.refused_for.filter((reason) => reason !== null).join(", ");
  const isTime = seen.refused_for.every((reason) => /outdated|from_the_future/.test(reason ?? ""));
  return isTime
    ? wrong("signatures_outdated", { facts, detail, since })
    : wrong("secret_wrong", { facts, detail: `PADDLE_WEBHOOK_SECRET_KEY: ${detail}`, since });
}
