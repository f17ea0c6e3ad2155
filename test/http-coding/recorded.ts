import type { Status } from "../../src/call/status.js";
import type { ByteRange, HttpAnswer, HttpIn, HttpOut, HttpRequest } from "../../src/wires/http.js";

/** A request with these fields. */
export function requestWith(fields: HttpRequest["fields"], method = "POST"): HttpRequest {
  return { method, path: "/", query: "", fields };
}

/** A place to wait for something that is told. */
class Told<Value> {
  readonly promise: Promise<Value>;
  tell: (value: Value) => void = () => {};

  constructor() {
    this.promise = new Promise((resolve) => {
      this.tell = resolve;
    });
  }
}

/** What one end of an exchange hears, as an HTTP wire or as the reader of an answer. */
export class Hearing implements HttpIn {
  head: HttpAnswer | undefined = undefined;
  rooms: number = 0;
  lasts: number = 0;
  resets: Status[] = [];
  /** Says no to more after each piece. */
  reluctant: boolean = false;
  readonly #chunks: Uint8Array[] = [];
  readonly #over = new Told<Status | undefined>();

  /** The exchange has ended: undefined where it did so in peace. */
  get over(): Promise<Status | undefined> {
    return this.#over.promise;
  }

  get body(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  answer(head: HttpAnswer): void {
    this.head = head;
  }

  data(bytes: Uint8Array, { start, end }: ByteRange, last: boolean): boolean {
    this.#chunks.push(new Uint8Array(bytes.subarray(start, end)));
    if (last) {
      this.lasts += 1;
      this.#over.tell(undefined);
    }
    return !this.reluctant;
  }

  room(): void {
    this.rooms += 1;
  }

  reset(status: Status): void {
    this.resets.push(status);
    this.#over.tell(status);
  }
}

/** What one end of an exchange says: the transport's side of it. */
export class Saying implements HttpOut {
  head_: HttpAnswer | undefined = undefined;
  body: Buffer | undefined = undefined;
  pieces: string[] = [];
  resumes: number = 0;
  resets: Status[] = [];
  readonly #over = new Told<void>();
  readonly #resumed: (() => void)[] = [];

  /** The answer has been given, or the exchange was reset. */
  get over(): Promise<void> {
    return this.#over.promise;
  }

  respond(head: HttpAnswer, body: string | Uint8Array): void {
    this.head_ = head;
    this.body = Buffer.from(body as string); // Buffer.from has the same overload for both
    this.#over.tell();
  }

  head(head: HttpAnswer): void {
    this.head_ = head;
  }

  data(body: string | Uint8Array, last: boolean): boolean {
    this.pieces.push(Buffer.from(body as string).toString()); // Buffer.from has the same overload for both
    if (last) this.#over.tell();
    return false;
  }

  resume(): void {
    this.resumes += 1;
    for (const told of this.#resumed.splice(0)) told();
  }

  /** The next time that reading goes on. */
  resumed(): Promise<void> {
    return new Promise((resolve) => {
      this.#resumed.push(resolve);
    });
  }

  reset(status: Status): void {
    this.resets.push(status);
    this.#over.tell();
  }

  upgrade(): boolean {
    return true;
  }
}
