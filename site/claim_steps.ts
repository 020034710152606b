/** The steps in which a claim is written down, and what each of them asks. */
import { type Claim, type ClaimPart, isClaimCategory, LEAST, MOST } from "@core/claims/claim.ts";
import type { DraftChange } from "@core/claims/draft_store.ts";
import { parseAmount, writeAmount } from "./amounts.ts";
import type { Problem, Typed } from "./forms.ts";

/** The steps in their order. */
export const CLAIM_STEPS = ["category", "story", "money", "evidence", "review"] as const;

/** One step. */
export type ClaimStep = typeof CLAIM_STEPS[number];

/** Whether a part of a path names a step. */
export function isClaimStep(text: unknown): text is ClaimStep {
  return (CLAIM_STEPS as readonly unknown[]).includes(text);
}

/** The step after one. */
export function stepAfter(step: ClaimStep): ClaimStep {
  return CLAIM_STEPS[CLAIM_STEPS.indexOf(step) + 1] ?? "review";
}

/** The step that asks for a part of a claim. */
export function stepOfPart(part: ClaimPart): ClaimStep {
  return part === "category" ? "category" : "story";
}

/** What a step's form says: all that can be stored, and what has to be put right to go on. */
export interface StepResult {
  readonly change: DraftChange;
  readonly problems: readonly Problem[];
  /** Fields whose text cannot be stored: it would be lost if the page were left. */
  readonly unstored: readonly string[];
}

/**
 * Reads a step's form. What can be stored is stored even where something is still missing: nobody
 * writes it twice. Pure.
 *
 * @param step The step.
 * @param typed Its fields.
 * @param today The day in the tenant's time zone, `2026-11-23`.
 */
export function readStep(step: ClaimStep, typed: Typed, today: string): StepResult {
  switch (step) {
    case "category":
      return readCategory(typed);
    case "story":
      return readStory(typed);
    case "money":
      return readMoney(typed, today);
    case "evidence":
    case "review":
      return { change: {}, problems: [], unstored: [] };
  }
}

function readCategory(typed: Typed): StepResult {
  const category = typed["category"];
  return isClaimCategory(category) ? { change: { category }, problems: [], unstored: [] } : {
    change: {},
    problems: [{ field: "category", key: "claim.category.missing" }],
    unstored: [],
  };
}

function readStory(typed: Typed): StepResult {
  const texts = {
    title: oneLine(typed["title"]),
    company: oneLine(typed["company"]),
    description: lines(typed["description"]),
  };
  const problems: Problem[] = [];
  const unstored: string[] = [];
  const change: Record<string, string> = {};
  for (const field of ["title", "company", "description"] as const) {
    const length = [...texts[field]].length;
    if (length > MOST[field]) {
      problems.push({ field, key: "claim.text.long", params: { max: MOST[field] } });
      unstored.push(field);
    } else {
      change[field] = texts[field];
      if (length < LEAST[field]) {
        problems.push({ field, key: `claim.${field}.missing`, params: { min: LEAST[field] } });
      }
    }
  }
  return { change, problems, unstored };
}

function readMoney(typed: Typed, today: string): StepResult {
  const problems: Problem[] = [];
  const change: { -readonly [Name in keyof DraftChange]: DraftChange[Name] } = {};

  const day = (typed["incidentDate"] ?? "").trim();
  const date = readDay(day);
  if (day !== "" && date === null) {
    problems.push({ field: "incidentDate", key: "claim.incident.malformed" });
  } else if (date !== null && date > today) {
    problems.push({ field: "incidentDate", key: "claim.incident.future" });
  } else change.incidentDate = date;

  const amount = (typed["amount"] ?? "").trim();
  const cents = amount === "" ? null : parseAmount(amount);
  if (amount !== "" && cents === null) {
    problems.push({ field: "amount", key: "claim.amount.malformed" });
  } else change.amountCents = cents;
  // Whatever is wrong here is wrong in a way that no column takes.
  return { change, problems, unstored: problems.flatMap(({ field }) => field ?? []) };
}

/** `2026-11-23`, also of "23.11.2026" and "23/11/2026", where the browser has no field for a day. */
export function readDay(text: string): string | null {
  const own = /^(\d{1,2})[./-]\s?(\d{1,2})[./-]\s?(\d{4})\.?$/.exec(text);
  const iso = own === null
    ? text
    : `${own[3]}-${own[2]?.padStart(2, "0")}-${own[1]?.padStart(2, "0")}`;
  if (!/^\d{4}-\d\d-\d\d$/.test(iso) || iso < "1900-01-01") return null;
  const day = new Date(`${iso}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(iso) ? iso : null;
}

/**
 * What a step's form shows of a draft.
 *
 * @param claim The draft.
 * @param locale Language of the page.
 */
export function typedOf(
  claim: Pick<
    Claim,
    "category" | "title" | "company" | "description" | "incidentDate" | "amountCents"
  >,
  locale: string,
): Typed {
  return {
    category: claim.category ?? "",
    title: claim.title,
    company: claim.company,
    description: claim.description,
    incidentDate: claim.incidentDate ?? "",
    amount: claim.amountCents === null ? "" : writeAmount(claim.amountCents, locale),
  };
}

/** The day in a time zone, `2026-11-23`. */
export function dayIn(timeZone: string, now: number): string {
  return new Intl.DateTimeFormat("sv-SE", { timeZone }).format(now);
}

/** Without what cannot be seen or turns the text around, and with single spaces. */
function oneLine(text = ""): string {
  return text.replace(/\s+/g, " ").replace(/[\p{Cc}\p{Cf}]/gu, "").replace(/ +/g, " ").trim();
}

/** The same for several lines. */
function lines(text = ""): string {
  return text.replace(/\r\n?/g, "\n").replace(/[^\P{Cc}\n\t]|[\u202a-\u202e\u2066-\u2069]/gu, "")
    .trim();
}
