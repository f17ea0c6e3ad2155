import type { Status } from "../../src/call/status.js";
import type { HttpAnswer, HttpIn, HttpOut } from "../../src/wires/http.js";

/** Notes what is heard of one answer. */
export class Heard implements HttpIn {
  head: HttpAnswer | undefined = undefined;
  ended: HttpAnswer["fields"] = [];
  status: Status | undefined = undefined;
  /** The way to go on with the request. */
  out: HttpOut | undefined = undefined;
  readonly over: Promise<void>;
  /** What `data` answers. */
  takes: boolean = true;
  /** How often room was told. */
  rooms = 0;
  /** What was told, in order. */
  readonly told: string[] = [];
  readonly #parts: Buffer[] = [];
  #done: () => void = () => {};

  constructor() {
    this.over = new Promise((resolve) => {
      this.#done = resolve;
    });
  }

  get body(): Buffer {
    return Buffer.concat(this.#parts);
  }

  answer(head: HttpAnswer): void {
    this.head = head;
    this.told.push(`answer ${head.status}`);
  }

  data(bytes: Uint8Array, { start, end }: { start: number; end: number }, last: boolean): boolean {
    this.#parts.push(Buffer.from(bytes.slice(start, end)));
    this.told.push(`data ${end - start}${last ? " last" : ""}`);
    if (last) this.#done();
    return this.takes;
  }

  trailers(fields: HttpAnswer["fields"]): void {
    this.ended = fields;
    this.told.push("trailers");
  }

  room(): void {
    this.rooms += 1;
  }

  reset(status: Status): void {
    this.status = status;
    this.told.push(`reset ${status.code}`);
    this.#done();
  }
}
