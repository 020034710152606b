import { DocumentDesk } from "../../../../../../../components/staff/DocumentDesk.tsx";
import { deleteDeskDocument, showDeskDocument } from "../../../../../../../site/desk_document.ts";
import { define } from "../../../../../../../utils.ts";

/** One document, and who opened it. */
export const handler = define.handlers({
  GET: (ctx) => showDeskDocument(ctx, "staff"),
  POST: (ctx) => deleteDeskDocument(ctx, "staff"),
});

export default define.page<typeof handler>(function OneDocument({ data, state }) {
  return <DocumentDesk i18n={state.i18n} locale={state.locale} data={data} />;
});
