/**
 * Stands in for Sentry: takes envelopes as its ingest does, keeps alert rules as its API does, and
 * remembers everything that came.
 */

/** A request that came, with nothing taken out. */
export interface Recorded {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** One item of an envelope. */
export interface EnvelopeItem {
  readonly type: string;
  readonly payload: Record<string, unknown>;
}

/** A running stand-in. */
export interface SentryStandIn {
  readonly url: string;
  readonly dsn: string;
  readonly token: string;
  readonly requests: readonly Recorded[];
  /** What envelopes brought, in their order. */
  items(): EnvelopeItem[];
  /** The rules that it keeps; may be changed to see whether that is noticed. */
  readonly rules: Record<string, unknown>[];
  /** The next answers, instead of its own: for trying out what happens then. */
  readonly answers: (() => Response | Promise<Response>)[];
  stop(): Promise<void>;
}

const PAGE = 3;
const WINDOWS = [1, 5, 10, 15, 30, 60, 120, 240, 1440];

/** Starts one on a free port. */
export function startSentry(): SentryStandIn {
  const requests: Recorded[] = [];
  const rules: Record<string, unknown>[] = [];
  const answers: (() => Response | Promise<Response>)[] = [];
  const token = "sntrys_stand_in";
  let ids = 100;

  function refuse(status: number, detail: string): Response {
    return Response.json({ detail }, { status });
  }

  /** As the API adds to what it is given, and leaves some of it out. */
  function kept(body: Record<string, unknown>, id: string): Record<string, unknown> | Response {
    const triggers = body["triggers"] as { label: string }[] | undefined;
    if (body["dataset"] === "transactions" || body["dataset"] === "generic_metrics") {
      return refuse(400, "Creation of transaction-based alerts is disabled.");
    }
    if (!triggers?.some(({ label }) => label === "critical")) {
      return refuse(400, "Must include a critical trigger");
    }
    if (!WINDOWS.includes(Number(body["timeWindow"]))) return refuse(400, "timeWindow");
    return {
      ...body,
      id,
      organizationId: "7",
      dateCreated: "2026-01-01T00:00:00Z",
      snooze: false,
      triggers: triggers.map((trigger, place) => ({
        ...trigger,
        id: `${id}${place}`,
        alertRuleId: id,
        thresholdType: 0,
        resolveThreshold: null,
      })),
    };
  }

  function api(request: Recorded, url: URL): Response {
    if (request.headers["authorization"] !== `Bearer ${token}`) return refuse(401, "Invalid token");
    const id = /\/alert-rules\/([^/]+)\/$/.exec(url.pathname)?.[1];
    if (request.method === "GET") {
      const from = Number(url.searchParams.get("cursor")?.split(":")[1] ?? 0);
      const more = from + PAGE < rules.length;
      return Response.json(rules.slice(from, from + PAGE), {
        headers: {
          link: `<${url}>; rel="previous"; results="false"; cursor="0:0:1", ` +
            `<${url}>; rel="next"; results="${more}"; cursor="0:${from + PAGE}:0"`,
        },
      });
    }
    const body = JSON.parse(request.body) as Record<string, unknown>;
    if (request.method === "POST") {
      const rule = kept(body, String(ids++));
      if (rule instanceof Response) return rule;
      rules.push(rule);
      return Response.json(rule, { status: 201 });
    }
    const place = rules.findIndex((rule) => rule["id"] === id);
    if (request.method !== "PUT" || place < 0) return refuse(404, "Not found");
    const rule = kept(body, String(id));
    if (rule instanceof Response) return rule;
    rules[place] = rule;
    return Response.json(rule);
  }

  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const url = new URL(request.url);
    const recorded = {
      method: request.method,
      path: url.pathname + url.search,
      headers: Object.fromEntries(request.headers),
      body: await request.text(),
    };
    requests.push(recorded);
    const answer = answers.shift();
    if (answer !== undefined) return await answer();
    if (url.pathname === "/api/42/envelope/") return Response.json({ id: "1" });
    return url.pathname.startsWith("/api/0/organizations/club/alert-rules/")
      ? api(recorded, url)
      : refuse(404, "Not found");
  });
  const { port } = server.addr as Deno.NetAddr;

  return {
    url: `http://127.0.0.1:${port}`,
    dsn: `http://publickey@127.0.0.1:${port}/42`,
    token,
    requests,
    rules,
    answers,
    items() {
      return requests.filter(({ path }) => path.startsWith("/api/42/envelope/")).flatMap((one) => {
        const [, ...lines] = one.body.trimEnd().split("\n");
        const items: EnvelopeItem[] = [];
        for (let at = 0; at + 1 < lines.length; at += 2) {
          const { type } = JSON.parse(lines[at] ?? "") as { type: string };
          items.push({ type, payload: JSON.parse(lines[at + 1] ?? "") });
        }
        return items;
      });
    },
    async stop() {
      await server.shutdown();
    },
  };
}
