import { page } from "fresh";
import { define } from "../../../define.ts";

export const handler = define.handlers({
  GET(ctx) {
    return page({ locale: ctx.params.locale ?? "" }, { headers: { "X-Page": "locale" } });
  },
  async POST(ctx) {
    const form = await ctx.req.formData();
    return page({ locale: String(form.get("name")) }, { status: 422 });
  },
});

export default define.page<typeof handler>(({ data }) => <h1>{data.locale}</h1>);
