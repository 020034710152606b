/** Tells Paddle a member's new mail address, where its invoices went to the former one. */
import type { Database } from "@core/platform/database.ts";
import { PaddleRefused } from "@core/platform/errors.ts";
import type { Logger } from "@core/platform/logger.ts";
import { customerTold, readDueAddresses } from "./customer_store.ts";
import type { PaddleApi } from "./paddle_api.ts";
import { WEBHOOKS_ROLE } from "./webhook_store.ts";

/** What became of the addresses that were due. */
export interface ToldAddresses {
  readonly told: number;
  /** Paddle said no, for instance because another customer of its has the address. */
  readonly refused: number;
}

/**
 * Tells Paddle every address that it does not know yet. What it refuses is not tried again; invoices
 * go on to where they went then.
 *
 * @param db The database.
 * @param paddle Paddle's API.
 * @param log Where refusals are told of.
 * @returns How many.
 * @throws {PaddleUnavailable} If Paddle does not answer; the rest stays due.
 */
export async function tellPaddleAddresses(
  db: Database,
  paddle: Pick<PaddleApi, "changeCustomerAddress">,
  log: Logger,
): Promise<ToldAddresses> {
  const due = await db.asService(WEBHOOKS_ROLE, (tx) => readDueAddresses(tx));
  let refused = 0;
  for (const address of due) {
    try {
      await paddle.changeCustomerAddress(address.customerId, address.email);
    } catch (error) {
      if (!(error instanceof PaddleRefused)) throw error;
      refused++;
      log.warn("Paddle keeps a former address", {
        customerId: address.customerId,
        code: error.paddleCode,
      });
    }
    await db.asService(WEBHOOKS_ROLE, (tx) => customerTold(tx, address));
  }
  return { told: due.length - refused, refused };
}
