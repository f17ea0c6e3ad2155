import { fetchHandler } from "callwire/fetch";
import { connectClient } from "../../src/wires/connect/client.js";
import type { HttpAsk, HttpIn, HttpOut, HttpRequest } from "../../src/wires/http.js";
import { DEFAULT_LIMITS } from "../../src/wires/limits.js";
import type { Open } from "../wirekit/world.js";

type Handler = ReturnType<typeof fetchHandler>;
type Status = Parameters<HttpIn["reset"]>[0];

const LOST: Status = { code: "unavailable", message: "The way to the handler was cut.", details: [], trailers: [] };
/** What a stream of the fetch standard holds before its writer is told to wait. */
const HELD_BYTES = 64 * 1024;

/** Connect, and a handler of the fetch standard behind it in the same process: requests and answers are streams, side by side. */
export const toFetchHandler: Open = ({ services, interceptors }) => {
  const handler = fetchHandler(services, { interceptors, log: () => {} });
  const open = new Set<Exchange>();
  const ask: HttpAsk = (request, heard, body) => {
    const exchange = new Exchange(request, heard, () => open.delete(exchange));
    open.add(exchange);
    if (body !== undefined) exchange.data(body, true);
    void exchange.send(handler);
    return exchange;
  };
  const sever = (): void => {
    for (const exchange of open) exchange.lose(LOST);
  };
  const options = { limits: DEFAULT_LIMITS, peer: { address: "fetch://" } };
  return {
    dispatch: connectClient(ask, options),
    sever,
    close: () => {
      sever();
      return Promise.resolve();
    },
  };
};

/** One request to a handler. */
class Exchange implements HttpOut {
  readonly #request: HttpRequest;
  readonly #heard: HttpIn;
  readonly #ended: () => void;
  readonly #abort = new AbortController();
  readonly #body: ReadableStream<Uint8Array>;
  #writer: ReadableStreamDefaultController<Uint8Array> | undefined;
  #wake: (() => void) | undefined;
  #over = false;

  constructor(request: HttpRequest, heard: HttpIn, ended: () => void) {
    this.#request = request;
    this.#heard = heard;
    this.#ended = ended;
    this.#body = new ReadableStream<Uint8Array>(
      {
        start: (writer) => void (this.#writer = writer),
        pull: () => {
          if (!this.#over) heard.room();
        },
        cancel: () => void (this.#writer = undefined),
      },
      { highWaterMark: HELD_BYTES, size: (chunk) => chunk?.length ?? 0 },
    );
  }

  async send(handler: Handler): Promise<void> {
    const { method, path, query, fields } = this.#request;
    try {
      const response = await handler(
        new Request(`http://handler.example${path}${query === "" ? "" : `?${query}`}`, {
          method,
          headers: fields.map(([name, value]) => [name, value]),
          signal: this.#abort.signal,
          ...(method === "GET" ? {} : { body: this.#body, duplex: "half" }),
        }),
      );
      if (this.#over) return;
      this.#heard.answer({ status: response.status, fields: [...response.headers] });
      await this.#read(response.body?.getReader());
    } catch (error) {
      this.lose({ ...LOST, message: String(error) });
    }
  }

  respond(): void {}

  head(): void {}

  data(body: string | Uint8Array, last: boolean): boolean {
    const writer = this.#writer;
    if (writer === undefined) return true;
    // A copy, since it is used up when this returns.
    if (body.length > 0) writer.enqueue(typeof body === "string" ? new TextEncoder().encode(body) : body.slice());
    const hasRoom = (writer.desiredSize ?? 0) > 0;
    if (!last) return hasRoom;
    this.#writer = undefined;
    writer.close();
    return true;
  }

  resume(): void {
    this.#wake?.();
  }

  reset(): void {
    if (!this.#finish()) return;
    this.#abort.abort();
    this.#writer?.error(new Error("The caller gave up."));
  }

  upgrade(): boolean {
    return false;
  }

  /** The way was cut. */
  lose(status: Status): void {
    if (this.#over) return;
    this.reset();
    this.#heard.reset(status);
  }

  async #read(reader: ReadableStreamDefaultReader<Uint8Array> | undefined): Promise<void> {
    while (!this.#over) {
      const { done, value = new Uint8Array(0) } = (await reader?.read()) ?? { done: true };
      if (this.#over) return;
      if (done) this.#finish();
      let resumed = false;
      const room = new Promise<void>((resolve) => {
        this.#wake = () => {
          resumed = true;
          resolve();
        };
      });
      if (!this.#heard.data(value, { start: 0, end: value.length }, done) && !resumed) await room;
    }
  }

  #finish(): boolean {
    if (this.#over) return false;
    this.#over = true;
    this.#wake?.();
    this.#ended();
    return true;
  }
}
