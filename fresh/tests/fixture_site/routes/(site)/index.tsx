import { Head } from "fresh/runtime";
import { define } from "../../define.ts";

export default define.page(() => (
  <>
    <Head>
      <title>Start</title>
      <meta name="description" content="of the page" />
    </Head>
    <h1>Start</h1>
  </>
));
