import { define } from "../../define.ts";

export default define.layout(({ Component, url }) => (
  <>
    <nav>
      <a href="/">Home</a> <a href="/islands">Islands</a> <a href="/en">English</a>
      <span>{url.pathname}</span>
    </nav>
    <main>
      <Component />
    </main>
  </>
));
