import { type Context, Hono } from "hono";
import type { ComponentChild } from "preact";
import { isPayable, payAtCheckout } from "../acts/checkout.ts";
import type { Transaction } from "../entities/transaction.ts";
import { momentsOf, type Simulation, subscriptionNote, transactionNote } from "../simulation.ts";
import type { StateFile } from "../state.ts";
import { type PaymentErrorCode, testCards } from "../test_cards.ts";
import { type CheckoutInput, readCheckoutForm } from "./checkout_form.ts";
import { CheckoutPage, type CheckoutView, ConfirmPage, MessagePage } from "./checkout_page.tsx";
import { contentPolicy } from "./headers.ts";
import { checkoutTexts } from "./checkout_texts.ts";
import { type CheckoutLanguage, chooseLanguage, fill, formatMoney } from "./languages.ts";
import { renderPage } from "./layout.tsx";

/** The checkout at `/checkout?_ptxn=txn_…`: plain forms, no JavaScript. */
export function checkoutRoutes(simulation: Simulation, file: StateFile): Hono {
  const app = new Hono();

  app.get("/checkout", (c) => {
    const view = viewOf(c);
    if (view === null) return missing(c);
    const code = c.req.query("declined");
    const declined = isErrorCode(code) ? code : null;
    return show(c, { ...view, declined });
  });

  app.post("/checkout", async (c) => {
    const view = viewOf(c);
    if (view === null) return missing(c);
    if (!isPayable(view.transaction)) {
      // A form sent twice leads where the first one did.
      return isPaid(view.transaction) ? c.redirect(view.doneUrl, 303) : show(c, view);
    }
    const form = await c.req.formData();
    const text = (name: string) => String(form.get(name) ?? "");
    const input: CheckoutInput = {
      email: view.emailKnown ? view.input.email : text("email"),
      name: text("name"),
      country: text("country"),
      card: text("card"),
    };
    const read = readCheckoutForm(input, checkoutTexts[view.language]);
    if (!read.ok) return show(c, { ...view, input, problems: read.problems }, 422);
    const confirmed = text("confirmed");
    if (testCards[read.buyer.card].confirms && confirmed === "") {
      return page(c, view, <ConfirmPage {...view} input={input} />, 200);
    }
    const outcome = payAtCheckout(
      simulation,
      view.transaction.id,
      { ...read.buyer, locale: view.language },
      momentsOf(simulation),
      confirmed === "no",
    );
    file.touch();
    await file.saved();
    return c.redirect(
      outcome.kind === "declined"
        ? `/checkout?_ptxn=${outcome.transaction.id}&declined=${outcome.errorCode}`
        : view.doneUrl,
      303,
    );
  });

  function viewOf(c: Context): CheckoutView | null {
    const transaction = simulation.state.transactions[c.req.query("_ptxn") ?? ""];
    if (transaction === undefined) return null;
    const note = transactionNote(simulation, transaction.id);
    const language = chooseLanguage(note.returnUrl, c.req.header("accept-language"));
    const customer = simulation.state.customers[transaction.customerId ?? ""];
    const address = simulation.state.addresses[transaction.addressId ?? ""];
    return {
      transaction,
      language,
      input: {
        email: customer?.email ?? "",
        name: customer?.name ?? cardholderOf(transaction) ?? "",
        country: address?.countryCode ?? note.country,
        card: "ok",
      },
      emailKnown: customer !== undefined,
      problems: [],
      declined: null,
      doneUrl: doneUrl(simulation, note.returnUrl, transaction.id, language),
    };
  }

  function cardholderOf(transaction: Transaction): string | null {
    if (transaction.subscriptionId === null) return null;
    return subscriptionNote(simulation, transaction.subscriptionId).cardholderName;
  }
  return app;
}

/** The checkout, or why there is nothing to pay. */
function show(c: Context, view: CheckoutView, status: 200 | 422 = 200): Response {
  if (isPayable(view.transaction)) return page(c, view, <CheckoutPage {...view} />, status);
  const texts = checkoutTexts[view.language];
  const { totals } = view.transaction.details;
  const paid = isPaid(view.transaction);
  const amount = formatMoney(totals.grandTotal, totals.currencyCode, view.language);
  return page(
    c,
    view,
    <MessagePage
      language={view.language}
      title={paid ? texts.paidTitle : texts.closedTitle}
      text={paid ? fill(texts.paidText, { amount }) : texts.closedText}
      doneUrl={view.doneUrl}
    />,
    200,
  );
}

function isPaid(transaction: Transaction): boolean {
  return !isPayable(transaction) && transaction.status !== "canceled";
}

function missing(c: Context): Response {
  const language = chooseLanguage(null, c.req.header("accept-language"));
  const texts = checkoutTexts[language];
  return c.html(
    renderPage({
      title: texts.missingTitle,
      lang: language,
      kind: "checkout",
      children: (
        <MessagePage
          language={language}
          title={texts.missingTitle}
          text={texts.missingText}
          doneUrl={null}
        />
      ),
    }),
    404,
  );
}

function page(
  c: Context,
  view: CheckoutView,
  children: ComponentChild,
  status: 200 | 422,
): Response {
  c.header("content-security-policy", contentPolicy(new URL(view.doneUrl).origin));
  const { title } = checkoutTexts[view.language];
  return c.html(
    renderPage({
      title: `${title} · Paddle (test)`,
      lang: view.language,
      kind: "checkout",
      children,
    }),
    status,
  );
}

/**
 * Where a buyer goes after paying, or instead of it.
 *
 * @param returnUrl The address that the shop gave with the transaction; without one, its default.
 */
function doneUrl(
  simulation: Simulation,
  returnUrl: string | null,
  transactionId: string,
  language: CheckoutLanguage,
): string {
  const url = new URL(returnUrl ?? `${simulation.siteUrl}/${language}/checkout`);
  url.pathname = `${url.pathname.replace(/\/$/, "")}/done`;
  url.searchParams.set("_ptxn", transactionId);
  return url.href;
}

function isErrorCode(value: string | undefined): value is PaymentErrorCode {
  return value !== undefined && Object.hasOwn(checkoutTexts.en.declined, value);
}
