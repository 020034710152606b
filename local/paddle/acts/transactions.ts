import { countries, isCountry } from "../countries.ts";
import type {
  CustomData,
  Period,
  Proration,
  Transaction,
  TransactionItem,
  TransactionOrigin,
} from "../entities/transaction.ts";
import { type Line, priceLines } from "../entities/transaction_details.ts";
import type { Moments } from "../moments.ts";
import { invalidField } from "../paddle_error.ts";
import { putTransaction, type Simulation } from "../simulation.ts";

/** A line that somebody asks for. */
export interface WantedLine {
  priceId: string;
  quantity: number;
  /** Minor units for one; the price's own amount when left out. */
  unitAmount?: number;
  proration?: Proration | null;
}

/** What a new transaction consists of. */
export interface NewTransaction {
  lines: WantedLine[];
  origin: TransactionOrigin;
  status: "draft" | "ready" | "billed";
  customerId: string | null;
  addressId: string | null;
  customData: CustomData;
  subscriptionId: string | null;
  billingPeriod: Period | null;
  /** Where the shop wants the buyer back. */
  returnUrl: string | null;
  /** Of the subscription it belongs to; its own otherwise. */
  thread?: string;
  /** Country that taxes it; the tenant's when left out. */
  country?: string;
}

/** Where the plans of a tenant are sold. */
const homeOf: Record<string, string> = { ks: "XK", mk: "MK" };

/**
 * Makes a transaction and stores it: `transaction.created`, and `.ready` or `.billed` if it is.
 *
 * @throws {PaddleError} `invalid_field` when a price is unknown.
 */
export function createTransaction(
  simulation: Simulation,
  wanted: NewTransaction,
  moments: Moments,
): Transaction {
  const lines = wanted.lines.map((line) => lineOf(simulation, line));
  const first = lines[0] ?? invalidField("items", "min items required: 1");
  const currency = first.price.unitPrice.currencyCode;
  if (lines.some((line) => line.price.unitPrice.currencyCode !== currency)) {
    invalidField("items", "all items must have the same currency");
  }
  const id = simulation.ids.next("txn");
  const country = wanted.country ??
    homeOf[simulation.catalogue.tenantOf.get(first.price.id) ?? ""] ??
    "XK";
  simulation.state.transactionNotes[id] = {
    returnUrl: wanted.returnUrl,
    thread: wanted.thread ?? id,
    country,
  };
  const at = moments.next();
  const transaction: Transaction = {
    id,
    items: lines.filter((line) => line.unitAmount >= 0).map(itemOf),
    origin: wanted.origin,
    status: wanted.status,
    details: priceLines(lines, taxRateIn(country), currency),
    checkout: { url: `${simulation.publicUrl}/checkout?_ptxn=${id}` },
    payments: [],
    billedAt: wanted.status === "billed" ? at : null,
    addressId: wanted.addressId,
    createdAt: at,
    invoiceId: null,
    updatedAt: at,
    revisedAt: null,
    businessId: null,
    customData: wanted.customData,
    customerId: wanted.customerId,
    discountId: null,
    currencyCode: currency,
    billingPeriod: wanted.billingPeriod,
    invoiceNumber: null,
    billingDetails: null,
    collectionMode: "automatic",
    subscriptionId: wanted.subscriptionId,
  };
  return putTransaction(
    simulation,
    transaction,
    moments,
    "created",
    ...(wanted.status === "draft" ? [] : [wanted.status]),
  );
}

/**
 * The transaction priced for another country.
 */
export function retax(
  simulation: Simulation,
  transaction: Transaction,
  country: string,
): Transaction {
  const lines = transaction.details.lineItems.map((item): Line => {
    const found = lineOf(simulation, { priceId: item.priceId, quantity: item.quantity });
    return { ...found, id: item.id };
  });
  return {
    ...transaction,
    details: priceLines(lines, taxRateIn(country), transaction.currencyCode),
  };
}

/**
 * The rate of value added tax in a country.
 *
 * @param country ISO 3166 code.
 * @returns Share, 0 where the simulator knows none.
 */
export function taxRateIn(country: string): number {
  return isCountry(country) ? countries[country] : 0;
}

function lineOf(simulation: Simulation, wanted: WantedLine): Line {
  const price = simulation.catalogue.prices.get(wanted.priceId) ??
    invalidField("items.price_id", `price ${wanted.priceId} not found`);
  const product = simulation.catalogue.products.get(price.productId) ??
    invalidField("items.price_id", `product ${price.productId} not found`);
  const { minimum, maximum } = price.quantity;
  if (wanted.quantity < minimum || wanted.quantity > maximum) {
    invalidField("items.quantity", `quantity must be between ${minimum} and ${maximum}`);
  }
  return {
    id: simulation.ids.next("txnitm"),
    price,
    product,
    quantity: wanted.quantity,
    unitAmount: wanted.unitAmount ?? Number(price.unitPrice.amount),
    proration: wanted.proration ?? null,
  };
}

function itemOf(line: Line): TransactionItem {
  return { price: line.price, quantity: line.quantity, proration: line.proration };
}
