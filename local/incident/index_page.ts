/** The page of a bundle that is read first. */
import type { Evidence } from "./evidence.ts";
import type { Extracts } from "./extracts.ts";

/** What the page tells. */
export interface Incident {
  readonly severity: 1 | 2 | 3;
  readonly opened: Date;
  readonly since: Date;
  readonly tenant: string | null;
  readonly version: string;
  readonly environment: string;
  readonly siteUrl: string;
  /** Address of Sentry's issues of the window, or null where nothing is sent there. */
  readonly sentry: string | null;
  readonly evidence: Readonly<Record<string, Evidence>>;
  readonly extracts: Extracts;
}

const BEGIN = { 1: "immediately", 2: "today", 3: "at the next scheduled review" };

/** Writes the page, in Markdown. */
export function indexPage(incident: Incident): string {
  const { severity, opened, since, extracts, siteUrl, sentry } = incident;
  const { firstSign, failingRoutes, tenants } = extracts;
  const start = firstSign === null ? "no sign in the window" : firstSign.toISOString();
  return `# Incident, severity ${severity}

| | |
| --- | --- |
| Bundle made | ${opened.toISOString()} |
| Mitigation begins | ${BEGIN[severity]} |
| First sign of trouble | ${start} |
| Window | since ${since.toISOString()} |
| Tenants touched | ${tenants.join(", ") || "none that the database knows of"} |
| Looked at | ${incident.tenant ?? "all tenants"} |
| Version | ${incident.version} (${incident.environment}) |

The start is what our own tables show. Write here what was noticed earlier, by whom, and who commands.

## Failing routes

${routes(failingRoutes)}

## Evidence

${evidence(incident.evidence)}
| [webhooks.json](webhooks.json) | ${extracts.webhooks.length} events failed, waiting or refused |
| [jobs.json](jobs.json) | ${extracts.jobs.length} runs failed or never ended |
| [mails.json](mails.json) | ${extracts.mails.length} mails failed |
| [audit.json](audit.json) | the last ${extracts.audit.length} acts: when, what, which role |
| [audit_actions.json](audit_actions.json) | how often each act was done in the window |
| [switches.json](switches.json) | ${extracts.switches.length} mitigation switches, on and off |

Names, addresses, numbers and ids of people are left out. Who was met stands in the database: audit
rows by \`seq\`, events and mails by \`id\`.

## Links

- Operations: ${siteUrl}/en/admin/ops
- Webhooks: ${siteUrl}/en/admin/webhooks
- Mails: ${siteUrl}/en/admin/mails
- Health: ${siteUrl}/api/health
- Sentry: ${sentry ?? "nothing is sent there (SENTRY_ORG is not set)"}
- What to do: RUNBOOK.md#incident-response

## Next

1. One person commands; nobody else decides.
2. Freeze deployments. Switches: \`deno task flag\`; rollback: RUNBOOK.md#rollback.
3. On-call → admin owner → engineering lead. Privacy touched: legal, in parallel.
`;
}

function routes(failing: Extracts["failingRoutes"]): string {
  if (failing.length === 0) return "None answered 5xx in the window.";
  const rows = failing.slice(0, 20).map(({ part, route, failed, answered, first, last }) =>
    `| ${part} | \`${route}\` | ${failed} of ${answered} | ${first.toISOString()} | ${last.toISOString()} |`
  );
  return ["| part | route | failed | first | last |", "| --- | --- | --- | --- | --- |", ...rows]
    .join("\n");
}

function evidence(all: Incident["evidence"]): string {
  const state = (ok: boolean | null) => ok === null ? "not there" : ok ? "well" : "NOT WELL";
  const rows = Object.entries(all).map(([name, { ok }]) =>
    `| [${name}.json](${name}.json) | ${state(ok)} |`
  );
  return ["| file | says |", "| --- | --- |", ...rows].join("\n");
}
