import type { ComponentChild } from "preact";
import { countryCodes } from "../countries.ts";
import type { Transaction } from "../entities/transaction.ts";
import { cardKeys, type PaymentErrorCode, testCards } from "../test_cards.ts";
import type { CheckoutInput, CheckoutProblem } from "./checkout_form.ts";
import { type CheckoutTexts, checkoutTexts } from "./checkout_texts.ts";
import { countryName } from "./country_names.ts";
import { type CheckoutLanguage, fill, formatMoney } from "./languages.ts";
import { OrderSummary } from "./order_summary.tsx";

/** What the checkout shows. */
export interface CheckoutView {
  transaction: Transaction;
  language: CheckoutLanguage;
  input: CheckoutInput;
  /** True when the shop has named the buyer, whose address then is not up for change. */
  emailKnown: boolean;
  problems: CheckoutProblem[];
  declined: PaymentErrorCode | null;
  /** Where "back" and "continue" lead. */
  doneUrl: string;
}

/** The page where a buyer pays. */
export function CheckoutPage(view: CheckoutView) {
  const texts = checkoutTexts[view.language];
  const { grandTotal } = view.transaction.details.totals;
  const isCardChange = Number(grandTotal) === 0;
  const amount = formatMoney(grandTotal, view.transaction.currencyCode, view.language);
  return (
    <CheckoutFrame texts={texts}>
      <main class="checkout-columns">
        <OrderSummary transaction={view.transaction} language={view.language} />
        <section class="card" aria-labelledby="details">
          <h2 id="details">{isCardChange ? texts.saveCardTitle : texts.yourDetails}</h2>
          {view.declined !== null && (
            <div class="notice notice-bad" role="alert" data-testid="checkout-declined">
              <strong>{texts.declinedTitle}</strong>
              <p>{texts.declined[view.declined]} {texts.nothingCharged}</p>
            </div>
          )}
          {view.problems.length > 0 && (
            <div class="notice notice-bad" role="alert">
              <strong>{texts.checkForm}</strong>
              <ul>
                {view.problems.map((problem) => (
                  <li key={problem.field}>
                    <a href={`#${problem.field}`}>{problem.message}</a>
                  </li>
                ))}
              </ul>
            </div>
          )}
          <form method="post" action={`/checkout?_ptxn=${view.transaction.id}`} noValidate>
            <Fields view={view} texts={texts} />
            <Cards view={view} texts={texts} />
            <button class="primary" type="submit" data-testid="checkout-pay">
              {isCardChange ? texts.saveCard : fill(texts.pay, { amount })}
            </button>
          </form>
          <p class="quiet">
            <a href={view.doneUrl} data-testid="checkout-back">{texts.backToShop}</a>
          </p>
        </section>
      </main>
    </CheckoutFrame>
  );
}

/** The page on which the buyer's bank asks for a confirmation. */
export function ConfirmPage(view: CheckoutView) {
  const texts = checkoutTexts[view.language];
  const { totals } = view.transaction.details;
  return (
    <CheckoutFrame texts={texts}>
      <main class="checkout-single card">
        <h1>{texts.confirmTitle}</h1>
        <p>
          {fill(texts.confirmText, {
            amount: formatMoney(totals.grandTotal, totals.currencyCode, view.language),
            last4: testCards.confirm.number.slice(-4),
          })}
        </p>
        <form method="post" action={`/checkout?_ptxn=${view.transaction.id}`}>
          {Object.entries(view.input).map(([name, value]) => (
            <input type="hidden" name={name} value={value} key={name} />
          ))}
          <button class="primary" type="submit" name="confirmed" value="yes">
            {texts.confirmYes}
          </button>
          <button class="secondary" type="submit" name="confirmed" value="no">
            {texts.confirmNo}
          </button>
        </form>
      </main>
    </CheckoutFrame>
  );
}

/** A page with one message, for a checkout that is over or never was. */
export function MessagePage(
  { language, title, text, doneUrl }: {
    language: CheckoutLanguage;
    title: string;
    text: string;
    doneUrl: string | null;
  },
) {
  const texts = checkoutTexts[language];
  return (
    <CheckoutFrame texts={texts}>
      <main class="checkout-single card">
        <h1>{title}</h1>
        <p>{text}</p>
        {doneUrl !== null && <a class="primary" href={doneUrl}>{texts.continueLink}</a>}
      </main>
    </CheckoutFrame>
  );
}

function CheckoutFrame({ texts, children }: { texts: CheckoutTexts; children: ComponentChild }) {
  return (
    <>
      <header class="test-mode">{texts.testMode}</header>
      {children}
    </>
  );
}

function Fields({ view, texts }: { view: CheckoutView; texts: CheckoutTexts }) {
  const problem = (field: keyof CheckoutInput) =>
    view.problems.find((one) => one.field === field)?.message;
  const first = view.problems[0]?.field;
  return (
    <>
      <div class="field">
        <label for="email">{texts.email}</label>
        <input
          id="email"
          name="email"
          type="email"
          value={view.input.email}
          autocomplete="email"
          maxLength={254}
          required
          readOnly={view.emailKnown}
          autofocus={first === "email"}
          aria-describedby={problem("email") === undefined ? "email-hint" : "email-problem"}
          {...(problem("email") === undefined ? {} : { "aria-invalid": true })}
        />
        <Problem id="email-problem" text={problem("email")} />
        <p class="hint" id="email-hint">{texts.emailHint}</p>
      </div>
      <div class="field-pair">
        <div class="field">
          <label for="name">
            {texts.name} <span class="optional">({texts.optional})</span>
          </label>
          <input
            id="name"
            name="name"
            value={view.input.name}
            autocomplete="cc-name"
            maxLength={120}
          />
        </div>
        <div class="field">
          <label for="country">{texts.country}</label>
          <select
            id="country"
            name="country"
            autocomplete="country"
            required
            autofocus={first === "country"}
            {...(problem("country") === undefined
              ? {}
              : { "aria-invalid": true, "aria-describedby": "country-problem" })}
          >
            {countryCodes.map((code) => (
              <option value={code} selected={code === view.input.country} key={code}>
                {countryName(code, view.language)}
              </option>
            ))}
          </select>
          <Problem id="country-problem" text={problem("country")} />
        </div>
      </div>
    </>
  );
}

function Cards({ view, texts }: { view: CheckoutView; texts: CheckoutTexts }) {
  return (
    <fieldset class="cards" aria-describedby="cards-hint">
      <legend>{texts.testCard}</legend>
      <p class="hint" id="cards-hint">{texts.testCardHint}</p>
      {cardKeys.map((key, index) => (
        <label class="choice" key={key}>
          <input
            type="radio"
            name="card"
            id={index === 0 ? "card" : `card-${key}`}
            value={key}
            checked={key === view.input.card}
            data-testid={`card-${key}`}
          />
          <span class="choice-name">{texts.cardNames[key]}</span>
          <span class="choice-number">•••• {testCards[key].number.slice(-4)}</span>
        </label>
      ))}
    </fieldset>
  );
}

function Problem({ id, text }: { id: string; text: string | undefined }) {
  return text === undefined ? null : <p class="problem" id={id}>{text}</p>;
}
