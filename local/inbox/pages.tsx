import type { ComponentChild } from "preact";
import { Hono } from "hono";
import { secureHeaders } from "hono/secure-headers";
import { renderToString } from "preact-render-to-string";
import type { Faults } from "./faults.ts";
import type { Message } from "./message.ts";
import type { MessageStore } from "./message_store.ts";
import { isPart, MessageList, MessageView } from "./message_view.tsx";

const css = await Deno.readTextFile(new URL("./inbox.css", import.meta.url));
const liveSeconds = 4;

/**
 * The inbox for people: the list, one mail with its parts, a button that empties it. No JavaScript.
 *
 * @param store The mails.
 * @param faults Shown as a warning while any is switched on.
 * @returns An app to mount at the root.
 */
export function inboxPages(store: MessageStore, faults: Faults): Hono {
  const app = new Hono();
  app.get("/messages/:id/html", (c) => {
    const message = store.find(c.req.param("id"));
    if (message === undefined || message.html === null) return c.notFound();
    // A mail is a stranger's document: no scripts, no forms, no origin of its own.
    return new Response(opensLinksInTabs(message.html), {
      headers: {
        "content-type": "text/html; charset=utf-8",
        "content-security-policy":
          "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; " +
          "img-src data: http: https:; style-src 'unsafe-inline' http: https:; " +
          "font-src data: http: https:; form-action 'none'; frame-ancestors 'self'",
        "x-content-type-options": "nosniff",
        "x-frame-options": "SAMEORIGIN",
        "referrer-policy": "no-referrer",
      },
    });
  });

  app.use(secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'", "data:"],
      frameSrc: ["'self'"],
      formAction: ["'self'"],
      baseUri: ["'none'"],
      frameAncestors: ["'none'"],
    },
    xFrameOptions: "DENY",
    // "no-referrer" would make the browser send `Origin: null` with the form below.
    referrerPolicy: "same-origin",
    strictTransportSecurity: false,
  }));
  app.use(async (c, next) => {
    await next();
    if (c.req.path !== "/inbox.css") c.header("cache-control", "no-store");
  });

  app.get("/inbox.css", (c) => {
    c.header("content-type", "text/css; charset=utf-8");
    c.header("cache-control", "max-age=60");
    return c.body(css);
  });

  app.get("/", (c) => {
    const live = c.req.query("live") !== undefined;
    const messages = store.list();
    return c.html(page(
      "Inbox",
      { live },
      <>
        <Bar live={live} count={messages.length} faults={faults} />
        <main class="panes" data-showing="list">
          <MessageList messages={messages} selected={null} />
          <section class="view view-empty" aria-label="Message">
            <p>
              {messages.length === 0
                ? "No mail yet. Whatever this machine sends lands here and goes no further."
                : "Choose a mail on the left."}
            </p>
          </section>
        </main>
      </>,
    ));
  });

  app.get("/messages/:id", (c) => {
    const message = store.find(c.req.param("id"));
    if (message === undefined) {
      return c.html(page("Not found", {}, <Gone />), 404);
    }
    const asked = c.req.query("part") ?? "";
    const part = isPart(asked) ? asked : message.html === null ? "text" : "html";
    return c.html(page(
      message.subject,
      {},
      <>
        <Bar live={false} count={store.inOrder().length} faults={faults} />
        <main class="panes" data-showing="message">
          <MessageList messages={store.list()} selected={message.id} />
          <MessageView message={message} part={part} />
        </main>
      </>,
    ));
  });

  app.post("/clear", async (c) => {
    await store.clear();
    return c.redirect("/", 303);
  });

  return app;
}

function page(title: string, options: { live?: boolean }, body: ComponentChild): string {
  return "<!doctype html>" + renderToString(
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        {options.live && <meta http-equiv="refresh" content={String(liveSeconds)} />}
        <title>{title === "Inbox" ? "Inbox" : `${title} · Inbox`}</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href="/inbox.css" />
      </head>
      <body>{body}</body>
    </html>,
  );
}

function Bar({ live, count, faults }: { live: boolean; count: number; faults: Faults }) {
  return (
    <header class="bar">
      <div class="bar-title">
        <h1>
          <a href="/">Inbox</a>
        </h1>
        <p>{count === 1 ? "1 mail" : `${count} mails`} · nothing leaves this machine</p>
      </div>
      <nav aria-label="Inbox">
        <a class="button" href="/">Refresh</a>
        {live
          ? <a class="button" href="/" aria-pressed="true">Stop live view</a>
          : <a class="button" href="/?live">Live view</a>}
        <form method="post" action="/clear">
          <button class="button" type="submit" disabled={count === 0}>Empty</button>
        </form>
      </nav>
      {faults.active.length > 0 && (
        <p class="faults" role="status">
          Failing on purpose: {faults.active.map((fault) =>
            `${fault.kind}${fault.count === null ? "" : ` × ${fault.count}`}${
              fault.ratio < 1 ? ` at ${Math.round(fault.ratio * 100)} %` : ""
            }`
          ).join(", ")}
        </p>
      )}
    </header>
  );
}

function Gone() {
  return (
    <main class="gone">
      <h1>This mail is gone</h1>
      <p>
        It may have been removed when the inbox was emptied. <a href="/">Back to the inbox</a>
      </p>
    </main>
  );
}

/** Links in a sandboxed frame would open inside it, where most sites refuse to be shown. */
function opensLinksInTabs(html: Message["html"] & string): string {
  const base = '<base target="_blank">';
  return /<head[^>]*>/i.test(html)
    ? html.replace(/<head[^>]*>/i, (head) => head + base)
    : html.replace(/^(\s*<!doctype[^>]*>)?/i, (doctype) => doctype + base);
}
