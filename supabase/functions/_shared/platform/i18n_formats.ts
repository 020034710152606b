/**
 * Dates, money and numbers as the four languages write them.
 *
 * Written by hand because the ICU data of V8, and so of Deno and the hosted edge runtime, has no
 * Albanian and no Macedonian: `Intl` answers "23 M11 2026" and "November 23, 2026" for them.
 *
 * @module
 */

import type { Locale } from "./i18n.ts";

interface Formats {
  /** Month names as they stand in a running date. */
  readonly months: readonly string[];
  /** Pattern of a day: `{d}`, `{month}`, `{y}`. */
  readonly day: string;
  /** Pattern of a day with the time of day: `{day}`, `{time}`. */
  readonly dayTime: string;
  readonly decimal: string;
  readonly group: string;
  readonly currencyFirst: boolean;
}

const NBSP = "\u00a0";

const FORMATS: Readonly<Record<Locale, Formats>> = {
  sq: {
    months: names(
      "janar shkurt mars prill maj qershor korrik gusht shtator tetor nëntor dhjetor",
    ),
    day: "{d} {month} {y}",
    dayTime: "{day}, ora {time}",
    decimal: ",",
    group: NBSP,
    currencyFirst: false,
  },
  en: {
    months: names(
      "January February March April May June July August September October November December",
    ),
    day: "{d} {month} {y}",
    dayTime: "{day}, {time}",
    decimal: ".",
    group: ",",
    currencyFirst: true,
  },
  mk: {
    months: names(
      "јануари февруари март април мај јуни јули август септември октомври ноември декември",
    ),
    day: "{d} {month} {y}",
    dayTime: "{day}, {time}",
    decimal: ",",
    group: ".",
    currencyFirst: false,
  },
  sr: {
    months: names(
      "januara februara marta aprila maja juna jula avgusta septembra oktobra novembra decembra",
    ),
    day: "{d}. {month} {y}.",
    dayTime: "{day} u {time}",
    decimal: ",",
    group: ".",
    currencyFirst: false,
  },
};

const CURRENCY_SIGNS: Readonly<Record<string, string>> = { EUR: "€", USD: "$", GBP: "£" };

const clocks = new Map<string, Intl.DateTimeFormat>();

/** A day in words: "23 nëntor 2026", "23. novembra 2026." */
export function formatDate(locale: Locale, timeZone: string, when: Date): string {
  const { d, m, y } = parts(timeZone, when);
  const { day, months } = FORMATS[locale];
  return day.replace("{d}", `${d}`).replace("{month}", months[m - 1] ?? "").replace("{y}", `${y}`)
    .replaceAll(" ", NBSP);
}

/** A day in words with the time of day in 24 hours. */
export function formatDateTime(locale: Locale, timeZone: string, when: Date): string {
  const { time } = parts(timeZone, when);
  return FORMATS[locale].dayTime
    .replace("{day}", formatDate(locale, timeZone, when)).replace("{time}", time);
}

/**
 * An amount of money. Whole amounts are told without decimals.
 *
 * @param minorUnits The amount in minor units (cents), two to the unit's decimals.
 * @param currency ISO 4217 code.
 */
export function formatMoney(
  locale: Locale,
  minorUnits: number | bigint,
  currency: string,
): string {
  const total = BigInt(minorUnits);
  const cents = total < 0n ? -total : total;
  const rest = cents % 100n;
  const { decimal, currencyFirst } = FORMATS[locale];
  const whole = formatNumber(locale, cents / 100n);
  const amount = rest === 0n ? whole : `${whole}${decimal}${`${rest}`.padStart(2, "0")}`;
  const sign = CURRENCY_SIGNS[currency];
  const minus = total < 0n ? "−" : "";
  return sign !== undefined && currencyFirst
    ? `${minus}${sign}${amount}`
    : `${minus}${amount}${NBSP}${sign ?? currency}`;
}

/** A whole number with thousands grouped. */
export function formatNumber(locale: Locale, value: number | bigint): string {
  const digits = `${value}`;
  const { group } = FORMATS[locale];
  return digits.replace(/\B(?=(\d{3})+$)/g, group);
}

function names(list: string): readonly string[] {
  return list.split(" ");
}

function parts(timeZone: string, when: Date): { d: number; m: number; y: number; time: string } {
  let clock = clocks.get(timeZone);
  if (!clock) {
    clock = new Intl.DateTimeFormat("en-GB", {
      timeZone,
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
    });
    clocks.set(timeZone, clock);
  }
  const found = new Map(clock.formatToParts(when).map(({ type, value }) => [type, value]));
  return {
    d: Number(found.get("day")),
    m: Number(found.get("month")),
    y: Number(found.get("year")),
    time: `${found.get("hour")}:${found.get("minute")}`,
  };
}
