import type { PaymentErrorCode } from "../test_cards.ts";
import type { CheckoutLanguage } from "./languages.ts";

/** What the checkout says, in one language. `{…}` stands for a value. */
export interface CheckoutTexts {
  testMode: string;
  title: string;
  order: string;
  perYear: string;
  perMonth: string;
  subtotal: string;
  tax: string;
  totalToday: string;
  renewsYear: string;
  renewsMonth: string;
  yourDetails: string;
  email: string;
  emailHint: string;
  name: string;
  optional: string;
  country: string;
  testCard: string;
  testCardHint: string;
  cardNames: Record<string, string>;
  pay: string;
  saveCard: string;
  saveCardTitle: string;
  saveCardOrder: string;
  backToShop: string;
  nothingCharged: string;
  declinedTitle: string;
  declined: Record<PaymentErrorCode, string>;
  checkForm: string;
  emailWrong: string;
  countryWrong: string;
  cardWrong: string;
  confirmTitle: string;
  confirmText: string;
  confirmYes: string;
  confirmNo: string;
  paidTitle: string;
  paidText: string;
  continueLink: string;
  closedTitle: string;
  closedText: string;
  missingTitle: string;
  missingText: string;
}

/** All texts. */
export const checkoutTexts: Record<CheckoutLanguage, CheckoutTexts> = {
  en: {
    testMode: "Simulated Paddle checkout for testing. No real money moves.",
    title: "Checkout",
    order: "Your order",
    perYear: "per year",
    perMonth: "per month",
    subtotal: "Subtotal",
    tax: "VAT included ({rate})",
    totalToday: "Due today",
    renewsYear: "Renews every year at {amount} until you cancel.",
    renewsMonth: "Renews every month at {amount} until you cancel.",
    yourDetails: "Your details",
    email: "E-mail address",
    emailHint: "The receipt goes here.",
    name: "Name on card",
    optional: "optional",
    country: "Country",
    testCard: "Test card",
    testCardHint: "Choose how this payment should turn out.",
    cardNames: {
      ok: "Works",
      confirm: "Works, with 3-D Secure",
      declined: "Declined",
      insufficient_funds: "Not enough money",
      expired: "Expired",
      fails_later: "Works now, fails at renewal",
    },
    pay: "Pay {amount}",
    saveCard: "Save this card",
    saveCardTitle: "New payment method",
    saveCardOrder: "Nothing is due today. The card is used from the next payment on.",
    backToShop: "Back to the shop without paying",
    nothingCharged: "Nothing was charged.",
    declinedTitle: "The payment did not go through",
    declined: {
      declined: "The bank declined this card. Try another one.",
      not_enough_balance: "There is not enough money on this card. Try another one.",
      expired_card: "This card has expired. Try another one.",
      authentication_failed: "The bank's confirmation was refused. Try again, or use another card.",
    },
    checkForm: "Please check these fields",
    emailWrong: "Enter an e-mail address such as arta@example.com.",
    countryWrong: "Choose a country from the list.",
    cardWrong: "Choose one of the test cards.",
    confirmTitle: "Your bank asks",
    confirmText: "Do you want to pay {amount} with the card ending in {last4}?",
    confirmYes: "Confirm payment",
    confirmNo: "Refuse",
    paidTitle: "This has been paid",
    paidText: "The payment of {amount} went through. You can continue.",
    continueLink: "Continue",
    closedTitle: "This checkout is closed",
    closedText: "The order was cancelled and cannot be paid any more.",
    missingTitle: "No such checkout",
    missingText: "The link is incomplete or the order does not exist. Start again from the shop.",
  },
  sq: {
    testMode: "Pagesë e simuluar Paddle për testim. Nuk lëvizin para të vërteta.",
    title: "Pagesa",
    order: "Porosia juaj",
    perYear: "në vit",
    perMonth: "në muaj",
    subtotal: "Nëntotali",
    tax: "TVSH e përfshirë ({rate})",
    totalToday: "Për t’u paguar sot",
    renewsYear: "Rinovohet çdo vit për {amount} derisa ta anuloni.",
    renewsMonth: "Rinovohet çdo muaj për {amount} derisa ta anuloni.",
    yourDetails: "Të dhënat tuaja",
    email: "Adresa e e-mailit",
    emailHint: "Këtu vjen fatura.",
    name: "Emri në kartelë",
    optional: "opsionale",
    country: "Shteti",
    testCard: "Kartela testuese",
    testCardHint: "Zgjidhni si duhet të përfundojë kjo pagesë.",
    cardNames: {
      ok: "Funksionon",
      confirm: "Funksionon, me 3-D Secure",
      declined: "Refuzohet",
      insufficient_funds: "Nuk ka para të mjaftueshme",
      expired: "Ka skaduar",
      fails_later: "Funksionon tani, dështon në rinovim",
    },
    pay: "Paguaj {amount}",
    saveCard: "Ruaje këtë kartelë",
    saveCardTitle: "Mënyrë e re e pagesës",
    saveCardOrder: "Sot nuk paguhet asgjë. Kartela përdoret nga pagesa e ardhshme.",
    backToShop: "Kthehu pa paguar",
    nothingCharged: "Nuk u tarifua asgjë.",
    declinedTitle: "Pagesa nuk u krye",
    declined: {
      declined: "Banka e refuzoi këtë kartelë. Provoni një tjetër.",
      not_enough_balance: "Në këtë kartelë nuk ka para të mjaftueshme. Provoni një tjetër.",
      expired_card: "Kjo kartelë ka skaduar. Provoni një tjetër.",
      authentication_failed:
        "Konfirmimi i bankës u refuzua. Provoni përsëri ose përdorni një kartelë tjetër.",
    },
    checkForm: "Ju lutemi kontrolloni këto fusha",
    emailWrong: "Shkruani një adresë e-maili, p.sh. arta@example.com.",
    countryWrong: "Zgjidhni një shtet nga lista.",
    cardWrong: "Zgjidhni njërën nga kartelat testuese.",
    confirmTitle: "Banka juaj pyet",
    confirmText: "A dëshironi të paguani {amount} me kartelën që mbaron me {last4}?",
    confirmYes: "Konfirmo pagesën",
    confirmNo: "Refuzo",
    paidTitle: "Kjo është paguar",
    paidText: "Pagesa prej {amount} u krye. Mund të vazhdoni.",
    continueLink: "Vazhdo",
    closedTitle: "Kjo pagesë është mbyllur",
    closedText: "Porosia u anulua dhe nuk mund të paguhet më.",
    missingTitle: "Nuk ka pagesë të tillë",
    missingText: "Lidhja nuk është e plotë ose porosia nuk ekziston. Filloni përsëri nga faqja.",
  },
  mk: {
    testMode: "Симулирано плаќање Paddle за тестирање. Не се движат вистински пари.",
    title: "Плаќање",
    order: "Вашата нарачка",
    perYear: "годишно",
    perMonth: "месечно",
    subtotal: "Меѓузбир",
    tax: "Вклучен ДДВ ({rate})",
    totalToday: "За плаќање денес",
    renewsYear: "Се обновува секоја година за {amount} додека не откажете.",
    renewsMonth: "Се обновува секој месец за {amount} додека не откажете.",
    yourDetails: "Ваши податоци",
    email: "Е-пошта",
    emailHint: "Тука пристигнува сметката.",
    name: "Име на картичката",
    optional: "по избор",
    country: "Држава",
    testCard: "Тест-картичка",
    testCardHint: "Изберете како да заврши ова плаќање.",
    cardNames: {
      ok: "Работи",
      confirm: "Работи, со 3-D Secure",
      declined: "Одбиена",
      insufficient_funds: "Нема доволно средства",
      expired: "Истечена",
      fails_later: "Сега работи, не успева при обновување",
    },
    pay: "Плати {amount}",
    saveCard: "Зачувај ја картичката",
    saveCardTitle: "Нов начин на плаќање",
    saveCardOrder: "Денес не се плаќа ништо. Картичката се користи од следното плаќање.",
    backToShop: "Назад без плаќање",
    nothingCharged: "Ништо не е наплатено.",
    declinedTitle: "Плаќањето не успеа",
    declined: {
      declined: "Банката ја одби картичката. Обидете се со друга.",
      not_enough_balance: "На картичката нема доволно средства. Обидете се со друга.",
      expired_card: "Картичката е истечена. Обидете се со друга.",
      authentication_failed:
        "Потврдата од банката е одбиена. Обидете се повторно или со друга картичка.",
    },
    checkForm: "Проверете ги овие полиња",
    emailWrong: "Внесете е-пошта, на пр. arta@example.com.",
    countryWrong: "Изберете држава од списокот.",
    cardWrong: "Изберете една од тест-картичките.",
    confirmTitle: "Вашата банка прашува",
    confirmText: "Дали сакате да платите {amount} со картичката што завршува на {last4}?",
    confirmYes: "Потврди плаќање",
    confirmNo: "Одбиј",
    paidTitle: "Ова е платено",
    paidText: "Плаќањето од {amount} успеа. Може да продолжите.",
    continueLink: "Продолжи",
    closedTitle: "Ова плаќање е затворено",
    closedText: "Нарачката е откажана и повеќе не може да се плати.",
    missingTitle: "Нема такво плаќање",
    missingText: "Врската не е целосна или нарачката не постои. Почнете повторно од страницата.",
  },
  sr: {
    testMode: "Simulirano Paddle plaćanje za testiranje. Pravi novac se ne pomera.",
    title: "Plaćanje",
    order: "Vaša porudžbina",
    perYear: "godišnje",
    perMonth: "mesečno",
    subtotal: "Međuzbir",
    tax: "Uračunat PDV ({rate})",
    totalToday: "Za plaćanje danas",
    renewsYear: "Obnavlja se svake godine za {amount} dok ne otkažete.",
    renewsMonth: "Obnavlja se svakog meseca za {amount} dok ne otkažete.",
    yourDetails: "Vaši podaci",
    email: "E-adresa",
    emailHint: "Ovde stiže račun.",
    name: "Ime na kartici",
    optional: "opciono",
    country: "Država",
    testCard: "Test kartica",
    testCardHint: "Izaberite kako će se ovo plaćanje završiti.",
    cardNames: {
      ok: "Radi",
      confirm: "Radi, uz 3-D Secure",
      declined: "Odbijena",
      insufficient_funds: "Nema dovoljno novca",
      expired: "Istekla",
      fails_later: "Sada radi, ne uspeva pri obnovi",
    },
    pay: "Plati {amount}",
    saveCard: "Sačuvaj karticu",
    saveCardTitle: "Novi način plaćanja",
    saveCardOrder: "Danas se ništa ne plaća. Kartica se koristi od sledećeg plaćanja.",
    backToShop: "Nazad bez plaćanja",
    nothingCharged: "Ništa nije naplaćeno.",
    declinedTitle: "Plaćanje nije uspelo",
    declined: {
      declined: "Banka je odbila ovu karticu. Pokušajte drugom.",
      not_enough_balance: "Na ovoj kartici nema dovoljno novca. Pokušajte drugom.",
      expired_card: "Ova kartica je istekla. Pokušajte drugom.",
      authentication_failed: "Potvrda banke je odbijena. Pokušajte ponovo ili drugom karticom.",
    },
    checkForm: "Proverite ova polja",
    emailWrong: "Unesite e-adresu, npr. arta@example.com.",
    countryWrong: "Izaberite državu sa spiska.",
    cardWrong: "Izaberite jednu od test kartica.",
    confirmTitle: "Vaša banka pita",
    confirmText: "Želite li da platite {amount} karticom koja se završava na {last4}?",
    confirmYes: "Potvrdi plaćanje",
    confirmNo: "Odbij",
    paidTitle: "Ovo je plaćeno",
    paidText: "Plaćanje od {amount} je uspelo. Možete nastaviti.",
    continueLink: "Nastavi",
    closedTitle: "Ovo plaćanje je zatvoreno",
    closedText: "Porudžbina je otkazana i više se ne može platiti.",
    missingTitle: "Nema takvog plaćanja",
    missingText: "Veza nije potpuna ili porudžbina ne postoji. Počnite ponovo sa stranice.",
  },
};
