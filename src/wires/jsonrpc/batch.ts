import { failure } from "../../call/status.js";
import { Answer, type AnswerOwner, refusal } from "./answer.js";
import { complaint, idOf, type Request } from "./envelope.js";
import { protocolError } from "./status.js";

/** So many requests of a batch run at once. */
const AT_ONCE = 64;
/** So many requests a batch may have. */
const MAX_ENTRIES = 1000;

/** What a batch needs of whoever received it. */
export interface BatchHost {
  /** Why an answer is one message, in a batch or not; undefined: only in a batch. */
  readonly single: string | undefined;
  /** No other call may be opened for now. */
  readonly busy: boolean;
  /** No call may be opened any more, and why. */
  readonly refusing: string | undefined;
  /** Takes a notification that is about another call; true: it was one. */
  control(request: Request): boolean;
  /** Opens a call, which may be over when this returns. */
  begin(request: Request, answer: Answer): void;
  /** A call is over. */
  closed(answer: Answer): void;
  /** Every call is over; `json` is the answer, undefined: there is none to give. */
  done(json: string | undefined): void;
  unblock(answer: Answer): void;
}

/** Requests that came as one array, and are answered by one, in their order (JSON-RPC 2.0 §6). They run side by side. */
export class Batch implements AnswerOwner {
  readonly single: string;
  readonly #host: BatchHost;
  readonly #entries: readonly unknown[];
  /** The responses, each in its request's place; those of notifications stay empty. */
  readonly #responses: string[] = [];
  #next = 0;
  #open = 0;
  #going = false;
  #done = false;

  constructor(host: BatchHost, entries: readonly unknown[]) {
    this.single = host.single ?? "send the request by itself, not in a batch";
    this.#host = host;
    this.#entries = entries;
  }

  /** Says what is wrong with an array as a whole, as the response; undefined: its entries may begin. */
  static refusalOf(entries: readonly unknown[]): string | undefined {
    if (entries.length === 0) return refusal(null, protocolError(-32600, "A batch has at least one request."));
    if (entries.length <= MAX_ENTRIES) return undefined;
    return refusal(
      null,
      protocolError(-32600, `A batch may have ${MAX_ENTRIES} requests, and this has ${entries.length}.`),
    );
  }

  /** Every entry has begun. */
  get begun(): boolean {
    return this.#next === this.#entries.length;
  }

  /** Begins as many entries as may run now. */
  go(): void {
    // A call that ends at once comes back here.
    if (this.#going) return;
    this.#going = true;
    while (!this.begun && this.#open < AT_ONCE && !this.#host.busy) {
      const place = this.#next;
      this.#next += 1;
      this.#responses.push("");
      this.#begin(this.#entries[place], place);
    }
    this.#going = false;
    if (!this.begun || this.#open > 0 || this.#done) return;
    this.#done = true;
    const responses = this.#responses.filter((response) => response !== "");
    this.#host.done(responses.length === 0 ? undefined : `[${responses.join(",")}]`);
  }

  put(): boolean {
    return true;
  }

  over(answer: Answer, json: string | undefined): void {
    this.#responses[answer.place] = json ?? "";
    this.#open -= 1;
    this.#host.closed(answer);
    this.go();
  }

  unblock(answer: Answer): void {
    this.#host.unblock(answer);
  }

  #begin(entry: unknown, place: number): void {
    const wrong = complaint(entry);
    if (wrong !== undefined) {
      this.#responses[place] = refusal(idOf(entry), protocolError(-32600, wrong));
      return;
    }
    // complaint() has found nothing wrong, so this is a request.
    const request = entry as Request;
    const { refusing } = this.#host;
    if (this.#host.control(request)) return;
    if (refusing !== undefined) {
      if (request.id !== undefined) this.#responses[place] = refusal(request.id, failure("unavailable", refusing));
      return;
    }
    const answer = new Answer(this, request);
    answer.place = place;
    this.#open += 1;
    this.#host.begin(request, answer);
  }
}
