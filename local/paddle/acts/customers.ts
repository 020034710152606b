import type { Address, Customer } from "../entities/customer.ts";
import type { CustomData } from "../entities/transaction.ts";
import type { Moments } from "../moments.ts";
import { notFound, PaddleError } from "../paddle_error.ts";
import { publish, type Simulation } from "../simulation.ts";

/** What is known of somebody who pays. */
export interface NewCustomer {
  email: string;
  name?: string | null;
  locale?: string;
  customData?: CustomData;
}

/**
 * A customer by e-mail, in any spelling.
 *
 * @returns The customer, or undefined.
 */
export function findCustomer(simulation: Simulation, email: string): Customer | undefined {
  return Object.values(simulation.state.customers)
    .find((customer) => customer.email.toLowerCase() === email.toLowerCase());
}

/**
 * A customer by id.
 *
 * @throws {PaddleError} `not_found`.
 */
export function customerOf(simulation: Simulation, id: string): Customer {
  return simulation.state.customers[id] ?? notFound("customer", id);
}

/**
 * Makes a customer: `customer.created`.
 *
 * @param thread Of the purchase it is made in; its own otherwise.
 * @throws {PaddleError} `customer_already_exists` when the e-mail is taken.
 */
export function createCustomer(
  simulation: Simulation,
  given: NewCustomer,
  moments: Moments,
  thread?: string,
): Customer {
  const known = findCustomer(simulation, given.email);
  if (known !== undefined) {
    throw new PaddleError(
      "customer_already_exists",
      `customer email conflicts with customer of id ${known.id}`,
      409,
    );
  }
  const at = moments.next();
  const customer: Customer = {
    id: simulation.ids.next("ctm"),
    name: given.name ?? null,
    email: given.email,
    locale: given.locale ?? "en",
    status: "active",
    createdAt: at,
    updatedAt: at,
    customData: given.customData ?? null,
    importMeta: null,
    marketingConsent: false,
  };
  simulation.state.customers[customer.id] = customer;
  publish(simulation, "customer.created", customer, thread ?? customer.id, moments.next());
  return customer;
}

/**
 * Changes a customer: `customer.updated`.
 *
 * @throws {PaddleError} `not_found`, or `customer_already_exists` when the new e-mail is taken.
 */
export function updateCustomer(
  simulation: Simulation,
  id: string,
  changes: Partial<Pick<Customer, "name" | "email" | "locale" | "status" | "customData">>,
  moments: Moments,
): Customer {
  const customer = customerOf(simulation, id);
  const holder = changes.email === undefined ? undefined : findCustomer(simulation, changes.email);
  if (holder !== undefined && holder.id !== id) {
    throw new PaddleError(
      "customer_already_exists",
      `customer email conflicts with customer of id ${holder.id}`,
      409,
    );
  }
  const updated = { ...customer, ...changes, updatedAt: moments.next() };
  simulation.state.customers[id] = updated;
  publish(simulation, "customer.updated", updated, id, moments.next());
  return updated;
}

/** Makes an address: `address.created`. */
export function createAddress(
  simulation: Simulation,
  customerId: string,
  countryCode: string,
  moments: Moments,
  thread?: string,
): Address {
  const at = moments.next();
  const address: Address = {
    id: simulation.ids.next("add"),
    city: null,
    region: null,
    status: "active",
    createdAt: at,
    firstLine: null,
    updatedAt: at,
    customData: null,
    customerId,
    description: null,
    importMeta: null,
    postalCode: null,
    secondLine: null,
    countryCode,
  };
  simulation.state.addresses[address.id] = address;
  publish(simulation, "address.created", address, thread ?? customerId, moments.next());
  return address;
}

/**
 * The customer's address in a country, made if there is none.
 */
export function addressIn(
  simulation: Simulation,
  customerId: string,
  countryCode: string,
  moments: Moments,
  thread: string,
): Address {
  const known = Object.values(simulation.state.addresses).find((address) =>
    address.customerId === customerId && address.countryCode === countryCode
  );
  return known ?? createAddress(simulation, customerId, countryCode, moments, thread);
}
