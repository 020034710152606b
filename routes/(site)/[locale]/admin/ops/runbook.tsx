import { HttpError, page } from "fresh";
import { Page } from "../../../../../components/Page.tsx";
import { type Block, blocksOf, readRunbook } from "../../../../../site/runbook.ts";
import { define } from "../../../../../utils.ts";

export const handler = define.handlers({
  async GET() {
    const text = await readRunbook();
    if (text === null) throw new HttpError(404);
    return page({ blocks: blocksOf(text) });
  },
});

export default define.page<typeof handler>(function Runbook({ data, state }) {
  const { i18n, locale } = state;
  return (
    <Page i18n={i18n} title="Runbook" ready="runbook-page" class="page">
      <p>
        <a href={`/${locale}/admin/ops`}>{i18n.t("ops.title")}</a>
      </p>
      <div class="runbook" lang="en">
        {data.blocks.map((block, place) => <Piece key={place} block={block} />)}
      </div>
    </Page>
  );
});

function Piece({ block }: { readonly block: Block }) {
  switch (block.kind) {
    case "heading": {
      const Level = `h${block.level}` as "h1" | "h2" | "h3";
      return <Level id={block.id}>{block.text}</Level>;
    }
    case "list":
      return <ul>{block.items.map((item, place) => <li key={place}>{item}</li>)}</ul>;
    case "text":
      return <p>{block.text}</p>;
    default:
      return <pre tabIndex={0}>{block.text}</pre>;
  }
}
