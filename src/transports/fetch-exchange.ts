import type { HttpAnswer, HttpIn, HttpOut, HttpRequest, HttpServe } from "../wires/http.js";

type Status = Parameters<HttpIn["reset"]>[0];

/** So much of an answer waits for its reader before whoever writes it is told to wait. */
const HIGH_WATER_BYTES = 64 * 1024;

/**
 * Answers a request of the fetch standard by what answers requests of any carrier. Bodies go both ways as they come. The answer resolves when its head is known,
 * and never rejects: a caller who has left before gets 499, which nobody hears.
 */
export function answerFetch(serve: HttpServe, request: Request): Promise<Response> {
  const exchange = new FetchExchange(request);
  exchange.begin(serve(requestOf(request), exchange));
  return exchange.response;
}

/** One request and its answer, as streams of the web. */
class FetchExchange implements HttpOut {
  readonly response: Promise<Response>;
  readonly #request: Request;
  #resolve!: (response: Response) => void;
  #in: HttpIn | undefined = undefined;
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined = undefined;
  #begun = false;
  /** The answer has been said, or nobody hears it. */
  #over = false;
  /** The writer was told to wait. */
  #held = false;
  /** Lets the reading of the request go on. */
  #wake: (() => void) | undefined = undefined;

  constructor(request: Request) {
    this.#request = request;
    this.response = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  /** Learns who hears the request, and tells it. */
  begin(heard: HttpIn): void {
    this.#in = heard;
    const { body, signal } = this.#request;
    if (this.#over) {
      void body?.cancel();
      return;
    }
    if (signal.aborted) this.#abort();
    else signal.addEventListener("abort", this.#abort, { once: true });
    if (body === null) heard.data(EMPTY, NOWHERE, true);
    else void this.#listen(body, heard);
  }

  respond(head: HttpAnswer, body: string | Uint8Array): void {
    if (this.#begun || this.#over) return;
    this.#begun = true;
    this.#end();
    const isBare = BODILESS.has(head.status) || this.#request.method === "HEAD";
    this.#resolve(new Response(isBare ? null : copied(body), initOf(head)));
  }

  head(head: HttpAnswer): void {
    if (this.#begun || this.#over) return;
    this.#begun = true;
    const stream = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        pull: () => this.#room(),
        cancel: () => this.#lost("The reader of the answer has left."),
      },
      new ByteLengthQueuingStrategy({ highWaterMark: HIGH_WATER_BYTES }),
    );
    this.#resolve(new Response(stream, initOf(head)));
  }

  data(body: string | Uint8Array, last: boolean): boolean {
    const controller = this.#controller;
    if (this.#over || controller === undefined) return true;
    if (body.length > 0) controller.enqueue(typeof body === "string" ? encoder.encode(body) : new Uint8Array(body));
    if (last) {
      this.#end();
      controller.close();
      return true;
    }
    this.#held = (controller.desiredSize ?? 0) <= 0;
    return !this.#held;
  }

  /** The standard has none. */
  trailers(): void {
    this.data("", true);
  }

  resume(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }

  reset(status: Status): void {
    if (this.#over) return;
    this.#end();
    if (this.#begun) this.#controller?.error(new Error(status.message));
    else this.#resolve(new Response(`${status.message}\n`, { status: 500 }));
  }

  upgrade(): boolean {
    return false;
  }

  async #listen(body: ReadableStream<Uint8Array>, heard: HttpIn): Promise<void> {
    const reader = body.getReader();
    try {
      for (;;) {
        const { done, value } = await reader.read();
        if (this.#over) break;
        if (done) {
          heard.data(EMPTY, NOWHERE, true);
          return;
        }
        const goesOn = heard.data(value, { start: 0, end: value.length }, false);
        if (!goesOn && !this.#isOver())
          await new Promise<void>((resolve) => {
            this.#wake = resolve;
          });
      }
      await reader.cancel();
    } catch {
      this.#lost("The body of the request broke off.");
    }
  }

  #isOver(): boolean {
    return this.#over;
  }

  #room(): void {
    if (!this.#held || this.#over) return;
    this.#held = false;
    this.#in?.room();
  }

  readonly #abort = (): void => this.#lost("The caller has left.");

  #lost(message: string): void {
    if (this.#over) return;
    this.#end();
    if (!this.#begun) this.#resolve(new Response(null, { status: 499 }));
    // Where the caller has left nobody hears the end, and servers would log an error.
    else if (this.#request.signal.aborted) this.#controller?.close();
    else this.#controller?.error(new Error(message));
    this.#in?.reset({ code: "canceled", message, details: [], trailers: [] });
  }

  #end(): void {
    this.#over = true;
    this.#request.signal.removeEventListener("abort", this.#abort);
    this.resume();
  }
}

const encoder = new TextEncoder();
const EMPTY = new Uint8Array(0);
const NOWHERE = { start: 0, end: 0 };
/** Answers that have no body (https://fetch.spec.whatwg.org/#null-body-status). */
const BODILESS: ReadonlySet<number> = new Set([101, 103, 204, 205, 304]);

function requestOf({ method, url, headers }: Request): HttpRequest {
  const { pathname, search, host } = new URL(url);
  const fields = [...headers];
  // Which a request that was never sent does not have.
  if (!headers.has("host")) fields.unshift(["host", host]);
  return { method, path: pathname, query: search.slice(1), fields, memo: undefined };
}

function initOf({ status, fields }: HttpAnswer): ResponseInit {
  return { status, headers: fields.map(([name, value]): [string, string] => [name, value]) };
}

function copied(body: string | Uint8Array): string | Uint8Array<ArrayBuffer> {
  return typeof body === "string" ? body : new Uint8Array(body);
}
