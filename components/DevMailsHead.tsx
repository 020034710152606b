import { asset, Head } from "fresh/runtime";

/** The style sheet of the pages that show every mail. */
export function DevMailsHead() {
  return (
    <Head>
      <link rel="stylesheet" href={asset("/styles/dev_mails.css")} />
    </Head>
  );
}
