import { failure, type Status } from "../call/status.js";
import type { ByteRange, HttpIn, HttpOut, HttpRequest } from "../wires/http.js";

/** Where requests by `fetch` go, and how. */
export interface FetchTarget {
  /** What paths are put behind: `https://api.example.com`. */
  readonly origin: string;
  /** What sends requests; the platform's own by default. */
  readonly fetch: (url: string, request: RequestInit) => Promise<Response>;
  /** Whether cookies go along; the platform's own default where not said. */
  readonly credentials?: "omit" | "same-origin" | "include" | undefined;
}

/** What an exchange needs of those who made it. */
export interface FetchOwner {
  readonly target: FetchTarget;
  /** The exchanges that have not ended. */
  readonly open: Set<FetchExchange>;
}

/** One request by `fetch`, and the reading of its answer. */
export class FetchExchange implements HttpOut {
  readonly #owner: FetchOwner;
  readonly #request: HttpRequest;
  readonly #heard: HttpIn;
  readonly #abort: AbortController = new AbortController();
  /** The request's body as far as it has been said: browsers send it whole (no full duplex, and no streams over HTTP/1.1). */
  readonly #body: (string | Uint8Array<ArrayBuffer>)[] = [];
  #said = false;
  #over = false;
  /** Lets the reading of the answer go on. */
  #wake: (() => void) | undefined = undefined;
  /** Reading may go on, said before it stopped. */
  #resumed = false;

  constructor(owner: FetchOwner, request: HttpRequest, heard: HttpIn) {
    this.#owner = owner;
    this.#request = request;
    this.#heard = heard;
  }

  /** Clients ask. */
  respond(): void {}

  /** Clients ask. */
  head(): void {}

  data(body: string | Uint8Array, last: boolean): boolean {
    if (this.#said || this.#over) return true;
    // Used up when this returns, so it is copied; the last is what is sent at once.
    if (body.length > 0) this.#body.push(typeof body === "string" ? body : new Uint8Array(body));
    if (last) {
      this.#said = true;
      void this.#send();
    }
    return true;
  }

  /** `fetch` sends none. */
  trailers(): void {
    this.data("", true);
  }

  resume(): void {
    this.#resumed = true;
    this.#wake?.();
  }

  reset(): void {
    if (this.#finish()) this.#abort.abort();
  }

  upgrade(): boolean {
    return false;
  }

  /** The answer will not come, or not all of it; where it still might, it is given up. */
  lost(status: Status): void {
    if (!this.#finish()) return;
    this.#abort.abort();
    this.#heard.reset(status);
  }

  async #send(): Promise<void> {
    const { origin, fetch, credentials } = this.#owner.target;
    const { method, path, query, fields } = this.#request;
    const url = `${origin}${path}${query === "" ? "" : `?${query}`}`;
    const [only = "", ...more] = this.#body;
    let response: Response;
    try {
      response = await fetch(url, {
        method,
        headers: fields.filter(([name]) => !NOT_SENT.has(name)).map(([name, value]) => [name, value]),
        signal: this.#abort.signal,
        ...(method === "GET" ? {} : { body: more.length === 0 ? only : new Blob(this.#body) }),
        ...(credentials === undefined ? {} : { credentials }),
      });
    } catch (error) {
      this.lost(failure("unavailable", `Cannot reach ${origin}: ${reasonOf(error)}. ${ADVICE}`));
      return;
    }
    if (this.#over) return;
    const known = [...response.headers].filter(([name]) => !NOT_HEARD.has(name));
    this.#heard.answer({ status: response.status, fields: known });
    try {
      await this.#read(response.body?.getReader());
    } catch (error) {
      this.lost(failure("unavailable", `The answer of ${origin} broke off: ${reasonOf(error)}.`));
    }
  }

  /** Reads the answer's body, one piece at a time: what is not read holds up the server. */
  async #read(reader: BodyReader | undefined): Promise<void> {
    while (!this.#over) {
      const { done, value } = (await reader?.read()) ?? END;
      if (this.#over) return;
      if (done) {
        this.#finish();
        this.#heard.data(EMPTY, { start: 0, end: 0 }, true);
      } else if (value !== undefined && !this.#hear(value)) await this.#room();
    }
  }

  #hear(bytes: Uint8Array): boolean {
    const range: ByteRange = { start: 0, end: bytes.length };
    this.#resumed = false;
    return this.#heard.data(bytes, range, false) || this.#resumed;
  }

  async #room(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    this.#wake = undefined;
  }

  /** False: it was over already. */
  #finish(): boolean {
    if (this.#over) return false;
    this.#over = true;
    this.#owner.open.delete(this);
    this.#wake?.();
    return true;
  }
}

/** What reads the body of an answer. */
interface BodyReader {
  read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>;
}

const EMPTY = new Uint8Array(0);
const END = { done: true, value: undefined };
const ADVICE = "Is the server running, and does it let pages of this origin in (allowedOrigins)?";

/** Fields that browsers set themselves, and would ask the server's leave for, or refuse (https://fetch.spec.whatwg.org/#forbidden-request-header). */
const NOT_SENT: ReadonlySet<string> = new Set(
  "accept-encoding connection content-length host te trailer transfer-encoding user-agent".split(" "),
);
/** Fields about how the body travelled, which it does no more: browsers decode it. */
const NOT_HEARD: ReadonlySet<string> = new Set(["content-encoding", "content-length", "transfer-encoding"]);

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
