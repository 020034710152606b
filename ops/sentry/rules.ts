/** The alert rules that stand in `ops/sentry/*.json`, as they are written and as Sentry takes them. */
import { join } from "node:path";
import { z } from "zod";

/** What every rule's name begins with; nothing else in Sentry is touched. */
export const OURS = "[D07] ";

/** Windows that Sentry has, in minutes. */
const WINDOWS = [1, 5, 10, 15, 30, 60, 120, 240, 1440];

const Rule = z.strictObject({
  name: z.string().startsWith(OURS).max(256),
  /** Where to look when it rings. */
  runbook: z.string().regex(/^RUNBOOK\.md#[a-z-]+$/),
  why: z.string().min(20),
  aggregate: z.enum(["failure_rate()", "count(span.duration)", "p95(span.duration)"]),
  query: z.string().startsWith("is_transaction:true "),
  minutes: z.number().refine((minutes) => WINDOWS.includes(minutes)),
  warning: z.number().positive(),
  critical: z.number().positive(),
}).refine(({ warning, critical }) => warning < critical, "a warning comes before it is critical");

const RuleFile = z.strictObject({
  kind: z.enum(["burn-rate", "threshold", "performance"]),
  rules: z.array(Rule).min(1),
});

/** One rule as it is written. */
export type AlertRule = z.infer<typeof Rule> & { readonly kind: string };

/**
 * Reads the rules of every file beside this one.
 *
 * @param folder Where the files are.
 * @throws {Error} If a file holds something else, or two rules have one name.
 */
export async function readRules(folder: string = import.meta.dirname ?? "."): Promise<AlertRule[]> {
  const rules: AlertRule[] = [];
  for (const kind of ["burn-rate", "threshold", "performance"]) {
    const text = await Deno.readTextFile(join(folder, `${kind}.json`));
    const file = RuleFile.parse(JSON.parse(text));
    if (file.kind !== kind) throw new Error(`${kind}.json calls itself ${file.kind}`);
    rules.push(...file.rules.map((rule) => ({ ...rule, kind })));
  }
  const names = rules.map(({ name }) => name);
  const twice = names.find((name, place) => names.indexOf(name) !== place);
  if (twice !== undefined) throw new Error(`two rules are called "${twice}"`);
  return rules;
}

/** Whom a rule tells. */
export interface Audience {
  /** The project's slug. */
  readonly project: string;
  /** `APP_ENV` of the installation that is watched. */
  readonly environment: string;
  /** Id of the team that gets mail and owns the rule; nobody is told without one. */
  readonly team: string | null;
}

const Action = z.looseObject({
  type: z.string(),
  targetType: z.string().nullish(),
  targetIdentifier: z.union([z.string(), z.number()]).nullish(),
});

/** A metric alert rule as Sentry's API has it, those parts of it that are ours. */
export const SentryRule = z.looseObject({
  id: z.union([z.string(), z.number()]).optional(),
  name: z.string(),
  dataset: z.string().nullish(),
  queryType: z.number().nullish(),
  eventTypes: z.array(z.string()).nullish(),
  aggregate: z.string().nullish(),
  query: z.string().nullish(),
  timeWindow: z.number().nullish(),
  thresholdType: z.number().nullish(),
  resolveThreshold: z.number().nullish(),
  environment: z.string().nullish(),
  projects: z.array(z.string()).nullish(),
  owner: z.string().nullish(),
  triggers: z.array(z.looseObject({
    label: z.string(),
    alertThreshold: z.number(),
    actions: z.array(Action).nullish(),
  })).nullish(),
});

/** A rule that Sentry has, or is to have. */
export type SentryRule = z.infer<typeof SentryRule>;

/** Above the threshold rings; below is the other one. */
const ABOVE = 0;
/** Transactions are spans in Sentry's present store; rules on `transactions` are refused by it. */
const SPANS = {
  dataset: "events_analytics_platform",
  queryType: 1,
  eventTypes: ["trace_item_span"],
};

/**
 * A rule as Sentry takes it.
 *
 * @param rule As it is written.
 * @param audience Whom it tells.
 */
export function toSentry(rule: AlertRule, { project, environment, team }: Audience): SentryRule {
  const actions = team === null
    ? []
    : [{ type: "email", targetType: "team", targetIdentifier: team }];
  return {
    name: rule.name,
    ...SPANS,
    aggregate: rule.aggregate,
    query: rule.query,
    timeWindow: rule.minutes,
    thresholdType: ABOVE,
    resolveThreshold: null,
    environment,
    projects: [project],
    owner: team === null ? null : `team:${team}`,
    triggers: [
      { label: "critical", alertThreshold: rule.critical, actions },
      { label: "warning", alertThreshold: rule.warning, actions },
    ],
  };
}

/**
 * Which parts of a rule in Sentry are not as they are to be. What Sentry adds of its own is not looked
 * at.
 *
 * @param wanted As it is to be.
 * @param found As Sentry has it.
 * @returns Names of the parts, none if all is as it is to be.
 */
export function differences(wanted: SentryRule, found: SentryRule): string[] {
  const [to, from] = [comparable(wanted), comparable(found)];
  return Object.keys(to).filter((part) => to[part] !== from[part]);
}

function comparable(rule: SentryRule): Record<string, string> {
  const triggers = (rule.triggers ?? []).map(({ label, alertThreshold, actions }) => [
    label,
    alertThreshold,
    (actions ?? []).map(({ type, targetType, targetIdentifier }) =>
      [type, targetType ?? null, String(targetIdentifier ?? "")].join(" ")
    ).sort(),
  ]);
  const parts = {
    dataset: rule.dataset,
    queryType: rule.queryType,
    eventTypes: [...rule.eventTypes ?? []].sort(),
    aggregate: rule.aggregate,
    query: rule.query,
    timeWindow: rule.timeWindow,
    thresholdType: rule.thresholdType,
    resolveThreshold: rule.resolveThreshold,
    environment: rule.environment,
    projects: [...rule.projects ?? []].sort(),
    owner: rule.owner,
    triggers: triggers.sort((one, two) => String(one[0]).localeCompare(String(two[0]))),
  };
  return Object.fromEntries(
    Object.entries(parts).map(([name, value]) => [name, JSON.stringify(value ?? null)]),
  );
}
