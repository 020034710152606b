import { computed, signal } from "@preact/signals";
import type { Signal } from "@preact/signals";
import assert from "node:assert/strict";
import type { ComponentChildren, ComponentType, VNode } from "preact";
import { renderToString } from "preact-render-to-string";
import { App, applySnapshot } from "./app.ts";
import { csp } from "./middlewares/csp.ts";
import { asset, Head } from "./runtime.ts";
import { EMPTY_SNAPSHOT, type Snapshot } from "./snapshot.ts";

function Text(props: { value: unknown }) {
  return <i>{String(props.value)}</i>;
}

function Count({ count }: { count: Signal<number> }) {
  return <output>{count}</output>;
}

function Box({ title, open = true, children }: {
  title?: ComponentChildren;
  open?: boolean;
  children?: ComponentChildren;
}) {
  return <section>{title}{open && <div>{children}</div>}</section>;
}

/** An island that uses another one by itself. */
function Outer({ children }: { children?: ComponentChildren }) {
  return (
    <div>
      <Text value="own" />
      {children}
    </div>
  );
}

const islands = new Map(
  Object.entries({ Text, Count, Box, Outer }).map(([name, component]) => {
    const island = {
      name,
      exportName: "default",
      url: `/js/${name}.js`,
      component: component as unknown as ComponentType<Record<string, unknown>>,
    };
    return [component as unknown, island] as const;
  }),
);

const snapshot: Snapshot = {
  ...EMPTY_SNAPSHOT,
  islands,
  bootUrl: "/js/boot.js",
  signalsUrl: "/js/signals.js",
  preloads: { "/js/boot.js": ["/js/preact.js"], "/js/Text.js": ["/js/preact.js", "/js/a b.js"] },
};

/** A rendered page. */
async function render(
  make: () => VNode,
  path = "/",
): Promise<{ html: string; response: Response }> {
  const app = new App<unknown>().all("*", (ctx) => ctx.render(make()));
  applySnapshot(app, snapshot);
  const response = await app.handler()(new Request(`http://localhost${path}`));
  return { html: await response.text(), response };
}

/** What is between the tags of the body, without the script. */
async function bodyOf(make: () => VNode, path?: string): Promise<string> {
  const { html } = await render(make, path);
  return /<body>(.*?)(?:<script.*)?<\/body>/s.exec(html)?.[1] ?? "";
}

Deno.test("an island stands between comments, and its props in the script", async () => {
  const { html, response } = await render(() => (
    <p>
      <Text value="a" />
      <Text value="b" />
    </p>
  ));
  assert.match(
    html,
    /<p><!--frsh:island:Text:0:--><i>a<\/i><!--\/frsh:island--><!--frsh:island:Text:1:--><i>b<\/i><!--\/frsh:island--><\/p>/,
  );
  assert.match(html, /<script type="module" nonce="\w{32}">import\{boot\}from"\/js\/boot.js";/);
  assert.match(html, /import Text from"\/js\/Text.js";boot\(\{Text\},"\[.*\]"\)<\/script><\/body>/);
  assert.equal(html.match(/<script/g)?.length, 1);
  assert.equal(
    response.headers.get("link"),
    '</js/boot.js>; rel="modulepreload"; as="script", ' +
      '</js/preact.js>; rel="modulepreload"; as="script", ' +
      '</js/Text.js>; rel="modulepreload"; as="script", ' +
      '</js/a%20b.js>; rel="modulepreload"; as="script"',
  );
});

Deno.test("a page without islands ships no script", async () => {
  const { html, response } = await render(() => <p>nothing</p>);
  assert.doesNotMatch(html, /script/);
  assert.equal(response.headers.get("link"), null);
});

Deno.test("an island's props cannot end the script or a comment", async () => {
  const { html } = await render(() => <Text key="--><p:" value="</script><!--" />);
  assert.match(html, /<body><!--frsh:island:Text:0:[\w%]+--><i>/);
  assert.equal(html.match(/<\/script>/g)?.length, 1);
  assert.match(html, /\\u003C\/script>\\u003C!--/);
});

Deno.test("islands share a signal", async () => {
  const count = signal(3);
  const { html } = await render(() => (
    <p>
      <Count count={count} />
      <Count count={count} />
    </p>
  ));
  assert.match(html, /<output>3<\/output>.*<output>3<\/output>/);
  assert.match(html, /import\{signals\}from"\/js\/signals.js"/);
  assert.match(
    html,
    /boot\(\{Count\},"\[\[1,4\],\{\\"count\\":2\},\[\\"Signal\\",3\],3,\{\\"count\\":2\}\]",signals\)/,
  );
});

Deno.test("a computed signal is told apart", async () => {
  const { html } = await render(() => <Text value={computed(() => 4)} />);
  assert.match(html, /\[\\"Computed\\",\d\]/);
});

Deno.test("a function as a prop is an error that names it", async () => {
  const app = new App<unknown>()
    .onError("*", (ctx) => ctx.text((ctx.error as Error).message))
    .get("/", (ctx) => ctx.render(<Text value={{ onClick() {} }} />));
  applySnapshot(app, snapshot);
  const response = await app.handler()(new Request("http://localhost/"));
  assert.match(await response.text(), /function: props\[0\]\.value\.onClick/);
});

Deno.test("JSX for an island is a slot, and islands in it are islands", async () => {
  assert.equal(
    await bodyOf(() => (
      <Box title={<b>t</b>}>
        <Text value="in" />
      </Box>
    )),
    "<!--frsh:island:Box:0:--><section><!--frsh:slot:0:title--><b>t</b><!--/frsh:slot--><div>" +
      "<!--frsh:slot:1:children--><!--frsh:island:Text:1:--><i>in</i><!--/frsh:island-->" +
      "<!--/frsh:slot--></div></section><!--/frsh:island-->",
  );
});

Deno.test("a slot that is not shown waits in a template", async () => {
  assert.equal(
    await bodyOf(() => (
      <Box open={false}>
        <Box open={false}>
          <p>deep</p>
        </Box>
      </Box>
    )),
    "<!--frsh:island:Box:0:--><section></section><!--/frsh:island-->" +
      '<template id="frsh-0"><!--frsh:island:Box:1:--><section></section><!--/frsh:island-->' +
      '</template><template id="frsh-1"><p>deep</p></template>',
  );
});

Deno.test("an island inside of an island is part of it", async () => {
  assert.equal(
    await bodyOf(() => (
      <Outer>
        <Text value="slot" />
      </Outer>
    )),
    "<!--frsh:island:Outer:0:--><div><i>own</i><!--frsh:slot:0:children-->" +
      "<!--frsh:island:Text:1:--><i>slot</i><!--/frsh:island--><!--/frsh:slot--></div>" +
      "<!--/frsh:island-->",
  );
});

Deno.test("JSX inside of other props is an error", async () => {
  const app = new App<unknown>()
    .onError("*", (ctx) => ctx.text((ctx.error as Error).message))
    .get("/", (ctx) => ctx.render(<Text value={[<b key="b">b</b>]} />));
  applySnapshot(app, snapshot);
  const response = await app.handler()(new Request("http://localhost/"));
  assert.match(await response.text(), /takes JSX as children or a prop of its own/);
});

Deno.test("nodes that are constants of a module render anew on each page", async () => {
  const island = <Text value="constant" />;
  const link = <a href="/here">link</a>;
  const title = <title>constant</title>;
  const script = <script>0</script>;
  const Constant = () => island;
  const make = () => (
    <div>
      <Head>{title}</Head>
      {link}
      <Constant />
      {script}
    </div>
  );
  const first = await render(make, "/here");
  const second = await render(make, "/elsewhere");
  assert.match(first.html, /<a href="\/here" data-current="true" aria-current="page">/);
  assert.match(second.html, /<a href="\/here">/);
  for (const { html } of [first, second]) {
    assert.match(html, /<!--frsh:island:Text:0:--><i>constant<\/i><!--\/frsh:island-->/);
    assert.equal(html.match(/<!--frsh:island/g)?.length, 1);
    assert.match(html, /boot\(\{Text\},".*constant.*"\)/);
    const nonces = Array.from(html.matchAll(/nonce="(\w+)"/g), ([, nonce]) => nonce);
    assert.equal(nonces.length, 2);
    assert.equal(nonces[0], nonces[1]);
  }
});

Deno.test("links to this page and to its ancestors are marked", async () => {
  const body = await bodyOf(() => (
    <nav>
      <a href="/">root</a>
      <a href="/a">parent</a>
      <a href="/a/b?x#y">here</a>
      <a href="/a/b/c">child</a>
      <a href="/a/bb">sibling</a>
      <a href="https://example.com/a/b">away</a>
    </nav>
  ), "/a/b");
  const marks = Array.from(body.matchAll(/<a [^>]*?(?:aria-current="(\w+)")?>(\w+)<\/a>/g), (m) => {
    return [m[2], m[1]];
  });
  assert.deepEqual(marks, [
    ["root", "true"],
    ["parent", "true"],
    ["here", "page"],
    ["child", undefined],
    ["sibling", undefined],
    ["away", undefined],
  ]);
});

Deno.test("asset() and images name the build", async () => {
  assert.equal(asset("/a.css"), "/a.css?__frsh_c=unbuilt");
  assert.equal(asset("/a.svg?b=c#d"), "/a.svg?b=c&__frsh_c=unbuilt#d");
  assert.equal(asset("//other.example/a.css"), "//other.example/a.css");
  const body = await bodyOf(() => (
    <p>
      <img src="/a.png" srcset="/a.png 1x, /b.png 2x" alt="" />
      <img src="https://example.com/a.png" alt="" />
    </p>
  ));
  assert.match(body, /src="\/a\.png\?__frsh_c=unbuilt"/);
  assert.match(body, /srcset="\/a\.png\?__frsh_c=unbuilt 1x, \/b\.png\?__frsh_c=unbuilt 2x"/);
  assert.match(body, /src="https:\/\/example\.com\/a\.png"/);
});

Deno.test("<Head> adds to the head of _app, and replaces what is of the same kind", async () => {
  const routes = [
    {
      id: "/_app",
      module: {
        default: ({ Component }: { Component: ComponentType }) => (
          <html>
            <head>
              <title>App</title>
              <meta name="description" content="app" />
              <meta name="robots" content="all" />
            </head>
            <body>
              <Component />
            </body>
          </html>
        ),
      },
    },
    {
      id: "/index",
      module: {
        default: () => (
          <main>
            <Head>
              <title>Page &amp; more</title>
              <meta name="description" content="page" />
              <link rel="canonical" href="/" />
              <style>{"p{}"}</style>
            </Head>
            <p>content</p>
          </main>
        ),
      },
    },
    { id: "/plain", module: { default: () => <p>plain</p> } },
  ];
  const app = new App<unknown>().fsRoutes();
  applySnapshot(app, { ...snapshot, routes });
  const handler = app.handler();
  const text = async (path: string) =>
    await (await handler(new Request(`http://localhost${path}`))).text();
  assert.match(
    await text("/"),
    /<head><title>Page &amp; more<\/title><meta name="description" content="page"\/><meta name="robots" content="all"\/><link rel="canonical" href="\/"\/><style nonce="\w+">p{}<\/style><\/head><body><main><p>content<\/p><\/main><\/body>/,
  );
  assert.match(await text("/plain"), /<head><title>App<\/title>.*<body><p>plain<\/p><\/body>/);
});

Deno.test("an error while rendering does not touch the next page", async () => {
  const Bad = () => {
    throw new Error("bad");
  };
  const app = new App<unknown>()
    .onError("*", (ctx) => ctx.text("failed"))
    .get("/bad", (ctx) =>
      ctx.render(
        <Outer>
          <Bad />
        </Outer>,
      ))
    .get("/good", (ctx) => ctx.render(<Text value="good" />));
  applySnapshot(app, snapshot);
  const handler = app.handler();
  assert.equal(await (await handler(new Request("http://localhost/bad"))).text(), "failed");
  const good = await (await handler(new Request("http://localhost/good"))).text();
  assert.match(good, /<!--frsh:island:Text:0:-->/);
});

Deno.test("what is rendered outside of a page stays as it is", async () => {
  await render(() => <p>page</p>);
  const mail = (
    <p>
      <a href="/">link</a>
      <Text value="plain" />
    </p>
  );
  assert.equal(renderToString(mail), '<p><a href="/">link</a><i>plain</i></p>');
});

Deno.test("the policy's nonce is that of the page's scripts", async () => {
  const app = new App<unknown>().use(csp({ useNonce: true }))
    .get("/", (ctx) => ctx.render(<Text value={1} />));
  applySnapshot(app, snapshot);
  const response = await app.handler()(new Request("http://localhost/"));
  const nonce = /nonce="(\w+)"/.exec(await response.text())?.[1];
  const policy = response.headers.get("content-security-policy") ?? "";
  assert.ok(policy.includes(`script-src 'self' 'nonce-${nonce}'`), policy);
});
