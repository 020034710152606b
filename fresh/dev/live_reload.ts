import { h, type VNode } from "preact";

/** Path of the connection a page keeps to a development server. */
export const LIVE_PATH = "/_frsh/live";

/** Set anew each time the server starts. */
const revision = crypto.randomUUID();

/** A stream that tells which start of the server it comes from, and stays open. */
export function liveResponse(): Response {
  const encoder = new TextEncoder();
  let timer: ReturnType<typeof setInterval>;
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start(controller) {
      const send = () => controller.enqueue(encoder.encode(`retry: 300\ndata: ${revision}\n\n`));
      send();
      timer = setInterval(send, 30_000);
    },
    cancel() {
      clearInterval(timer);
    },
  });
  return new Response(body, { headers: { "Content-Type": "text/event-stream" } });
}

/**
 * The script that reloads a page when the server it reconnects to has been started anew.
 *
 * @param nonce The page's.
 * @param basePath Where the application lives.
 */
export function liveScript(nonce: string, basePath: string): VNode {
  const code = `let seen="${revision}";new EventSource("${basePath}${LIVE_PATH}")` +
    `.onmessage=(event)=>{if(event.data!==seen)location.reload()}`;
  return h("script", { nonce, dangerouslySetInnerHTML: { __html: code } }) as unknown as VNode;
}
