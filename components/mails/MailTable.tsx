import type { I18n, Locale } from "@core/platform/i18n.ts";
import type { ListedMail } from "../../site/mail_ledger.ts";
import { type Column, DataTable } from "../DataTable.tsx";
import { Moment } from "../Moment.tsx";
import { mailName, mailReason } from "./mail_words.ts";
import { MailBadge } from "./MailBadge.tsx";
import { MailReader } from "./MailReader.tsx";

/** Props of {@linkcode MailTable}. */
export interface MailTableProps {
  readonly i18n: I18n;
  readonly locale: Locale;
  readonly mails: readonly ListedMail[];
  /** Left out on a member's own page. */
  readonly withMember: boolean;
}

/** Mails, each with what became of it and the way to everything that is known. */
export function MailTable({ i18n, locale, mails, withMember }: MailTableProps) {
  const { t } = i18n;
  const columns: Column<ListedMail>[] = [
    { name: t("admin.events.state"), cell: (mail) => <MailBadge i18n={i18n} mail={mail} /> },
    {
      name: t("mails.mail"),
      cell: (mail) => (
        <span class="stacked-start">
          <a href={`/${locale}/admin/mails/${mail.id}`}>{mailName(i18n, mail.templateKey)}</a>
          {mail.error !== null && <span class="fine">{mailReason(i18n, mail.error)}</span>}
        </span>
      ),
    },
    {
      name: t("mails.when"),
      cell: (mail) => <Moment i18n={i18n} when={mail.sentAt ?? mail.createdAt} />,
    },
  ];
  if (withMember) {
    columns.splice(2, 0, {
      name: t("mails.member"),
      cell: (mail) => <MailReader i18n={i18n} locale={locale} mail={mail} />,
    });
  }
  return (
    <DataTable
      caption={t("mails.title")}
      columns={columns}
      rows={mails}
      keyOf={({ id }) => id}
      testId="ledger-mail"
    />
  );
}
