import type { Simulation } from "../simulation.ts";

/**
 * The links of a customer portal session.
 *
 * @param subscriptionIds Subscriptions that get links of their own.
 */
export async function portalLinks(
  simulation: Simulation,
  customerId: string,
  subscriptionIds: string[],
) {
  const token = await linkToken(simulation, customerId);
  return {
    general: { overview: `${simulation.publicUrl}/portal/${customerId}?token=${token}` },
    subscriptions: await Promise.all(subscriptionIds.map(async (id) => {
      const links = await managementLinks(simulation, customerId, id);
      return {
        id,
        cancelSubscription: links.cancel,
        updateSubscriptionPaymentMethod: links.updatePaymentMethod,
      };
    })),
  };
}

/** The links with which a customer manages one subscription. */
export async function managementLinks(
  simulation: Simulation,
  customerId: string,
  subscriptionId: string,
) {
  const token = await linkToken(simulation, customerId);
  const base = `${simulation.publicUrl}/portal/${customerId}`;
  return {
    updatePaymentMethod: `${base}/${subscriptionId}/update-payment-method?token=${token}`,
    cancel: `${base}?token=${token}#${subscriptionId}`,
  };
}

/** The link to a printable invoice. */
export async function invoiceLink(simulation: Simulation, transactionId: string): Promise<string> {
  const token = await linkToken(simulation, transactionId);
  return `${simulation.publicUrl}/invoices/${transactionId}?token=${token}`;
}

/**
 * A token that only the simulator can make for an id.
 *
 * @returns 40 hexadecimal digits.
 */
export async function linkToken(simulation: Simulation, id: string): Promise<string> {
  const text = new TextEncoder().encode(`${simulation.state.linkSecret}:${id}`);
  return new Uint8Array(await crypto.subtle.digest("SHA-256", text)).toHex().slice(0, 40);
}
