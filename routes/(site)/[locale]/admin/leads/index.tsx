import { page } from "fresh";
import { listAttempts } from "@core/agents/cash_store.ts";
import { Chips } from "../../../../../components/Chips.tsx";
import { DeskHead } from "../../../../../components/DeskHead.tsx";
import { Page } from "../../../../../components/Page.tsx";
import { PageSteps } from "../../../../../components/PageSteps.tsx";
import { DoneNotice } from "../../../../../components/verification/DoneNotice.tsx";
import { PaymentCard } from "../../../../../components/verification/PaymentCard.tsx";
import { withQuery } from "../../../../../site/links.ts";
import { oneOf, pageOf } from "../../../../../site/query_fields.ts";
import { define } from "../../../../../utils.ts";

const LISTS = ["waiting", "needs_info", "decided"] as const;
const PER_PAGE = 20;

export const handler = define.handlers({
  async GET({ state, url }) {
    const list = oneOf(url.searchParams, "state", LISTS) ?? "waiting";
    const at = pageOf(url.searchParams);
    const [shown, waiting, asked] = await state.db((tx) =>
      Promise.all([
        listAttempts(tx, { state: list, page: at, perPage: PER_PAGE }),
        listAttempts(tx, { state: "waiting", page: 1, perPage: 1 }),
        listAttempts(tx, { state: "needs_info", page: 1, perPage: 1 }),
      ])
    );
    const open = { waiting: waiting.total, "needs_info": asked.total };
    return page({ list, at, shown, open });
  },
});

export default define.page<typeof handler>(function Verification({ data, state, url }) {
  const { i18n, locale } = state;
  const { t } = i18n;
  const { list, at, shown, open } = data;
  const path = `/${locale}/admin/leads`;
  const query = { state: list === "waiting" ? null : list };
  return (
    <Page i18n={i18n} title={t("payments.title")} ready="verification-ops-page" class="page">
      <DeskHead title={t("payments.title")} text={t("payments.text")} />
      <DoneNotice i18n={i18n} locale={locale} url={url} />
      <div class="filters">
        <Chips
          label={t("admin.events.state")}
          chips={LISTS.map((name) => ({
            text: t(`payments.list.${name}`),
            // Without a path, for Fresh marks every link to the page's own as the current one.
            href: withQuery("", { state: name === "waiting" ? null : name }) || "?",
            isCurrent: name === list,
            ...(name === "decided" ? {} : {
              figure: i18n.number(open[name]),
              isAlarming: name === "waiting" && open[name] > 0,
            }),
          }))}
        />
        <p>
          <a href={`${path}/people`}>{t("leads.all")}</a>
        </p>
      </div>
      {shown.items.length === 0
        ? <p class="nothing">{t(`payments.none.${list}`)}</p>
        : (
          <div class="payments">
            {shown.items.map((attempt) => (
              <PaymentCard
                key={attempt.id}
                i18n={i18n}
                locale={locale}
                attempt={attempt}
                onLeadPage={false}
                typed={{}}
                problems={[]}
              />
            ))}
          </div>
        )}
      <PageSteps
        i18n={i18n}
        path={path}
        query={query}
        page={at}
        perPage={PER_PAGE}
        total={shown.total}
      />
    </Page>
  );
});
