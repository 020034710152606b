import type { CheckResult, CheckState } from "@core/operations/checks/check.ts";
import { inWords } from "@core/operations/check_words.ts";
import type { I18n, Locale } from "@core/platform/i18n.ts";
import { Badge, type BadgeTone } from "../Badge.tsx";
import { type Column, DataTable } from "../DataTable.tsx";
import { Moment } from "../Moment.tsx";

const TONES: Readonly<Record<CheckState, BadgeTone>> = {
  ok: "good",
  warn: "warning",
  fail: "bad",
  unknown: "neutral",
};

/** Props of {@linkcode CheckTable}. */
export interface CheckTableProps {
  readonly i18n: I18n;
  readonly locale: Locale;
  readonly caption: string;
  readonly checks: readonly CheckResult[];
}

/** Checks with state, figures, since when, and what to do. */
export function CheckTable({ i18n, locale, caption, checks }: CheckTableProps) {
  const { t } = i18n;
  const columns: Column<CheckResult>[] = [
    {
      name: t("ops.state"),
      cell: ({ state }) => <Badge tone={TONES[state]} text={t(`ops.state.${state}`)} />,
    },
    {
      name: t("ops.check"),
      cell: (check) => (
        <a
          href={`/${locale}/admin/ops/runbook#${check.section}`}
          title={t("ops.runbook", { section: check.section })}
          data-check={check.id}
          data-state={check.state}
        >
          {inWords(i18n, check).title}
        </a>
      ),
    },
    {
      name: t("ops.figure"),
      cell: (check) => inWords(i18n, check).figures || "–",
    },
    {
      name: t("ops.since"),
      cell: ({ since }) => since === null ? "–" : <Moment i18n={i18n} when={new Date(since)} />,
    },
    { name: t("ops.todo"), cell: (check) => inWords(i18n, check).todo ?? "–" },
  ];
  return <DataTable caption={caption} columns={columns} rows={checks} keyOf={({ id }) => id} />;
}
