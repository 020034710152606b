/**
 * A connection that sends the same request again and again with other bodies, and does little else:
 * whoever measures shares the cores with what is measured, and `fetch` costs a multiple of this.
 */

/** An answer, as far as it is looked at. */
export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** A request that is ready to be sent. */
export type PreparedRequest = Uint8Array<ArrayBuffer>;

/**
 * A POST as it goes over the wire.
 *
 * @param url Where to.
 * @param headers Its headers, besides host and length.
 * @param body Its body.
 * @returns The bytes to send.
 */
export function preparePost(
  url: string,
  headers: Readonly<Record<string, string>>,
  body: string,
): PreparedRequest {
  const { host, pathname } = new URL(url);
  const lines = Object.entries({
    ...headers,
    host,
    "content-length": String(new TextEncoder().encode(body).length),
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  return new TextEncoder().encode(
    `POST ${pathname} HTTP/1.1\r\n${lines.join("")}\r\n${body}`,
  );
}

/** An open connection over which one request is made after the other. */
export class HttpConnection {
  readonly #connection: Deno.TcpConn;
  readonly #buffer = new Uint8Array(16_384);

  private constructor(connection: Deno.TcpConn) {
    this.#connection = connection;
  }

  /** Connects to the server of a URL. */
  static async open(url: string): Promise<HttpConnection> {
    const { hostname, port } = new URL(url);
    return new HttpConnection(await Deno.connect({ hostname, port: Number(port) }));
  }

  /** Sends a request and waits for the whole answer, which is small and says how long it is. */
  async send(request: PreparedRequest): Promise<Answer> {
    for (let sent = 0; sent < request.length;) {
      sent += await this.#connection.write(request.subarray(sent));
    }
    let text = "";
    for (;;) {
      const length = await this.#connection.read(this.#buffer);
      if (length === null) throw new Error(`the server closed the connection after ${text}`);
      text += new TextDecoder().decode(this.#buffer.subarray(0, length));
      const [head, body] = text.split("\r\n\r\n");
      const announced = head?.match(/^content-length: (\d+)$/im)?.[1];
      if (head === undefined || body === undefined || body.length < Number(announced)) continue;
      return { status: Number(head.split(" ")[1]), body };
    }
  }

  /** Closes the connection. */
  close(): void {
    this.#connection.close();
  }
}
