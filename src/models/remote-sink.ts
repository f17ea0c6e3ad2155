import type { Fields } from "../call/fields.js";
import type { Body, Sink } from "../call/sink.js";
import { failure, type Status } from "../call/status.js";
import { type CallEvent, WINDOW } from "./call-events.js";

/** The call that a sink belongs to. */
export interface RemoteCall {
  readonly id: number;
  readonly path: string;
  /** Makes a body that can be sent and kept; throws an Error that says why there is none. */
  readonly plain: (body: Body) => Body;
}

/**
 * One direction of a call whose other half is in another thread: what is said here is sent there. It counts what is under way, since an
 * answer to `message` cannot wait for the other thread.
 */
export class RemoteSink implements Sink {
  readonly id: number;
  /** Hears what the other thread says. */
  local: Sink;
  /** This direction is over, whoever ended it. */
  ended: boolean = false;
  readonly #call: RemoteCall;
  readonly #send: (event: CallEvent) => void;
  #underWay = 0;
  #full = false;
  /** Messages that came, and that the other side has not been given room for again. */
  #owed = 0;

  constructor(call: RemoteCall, local: Sink, send: (event: CallEvent) => void) {
    this.id = call.id;
    this.#call = call;
    this.local = local;
    this.#send = send;
  }

  head(fields: Fields, attachment?: Uint8Array): void {
    // Bytes may be a view, which would take its whole buffer along.
    if (!this.ended)
      this.#send(["head", this.id, fields, attachment === undefined ? undefined : new Uint8Array(attachment)]);
  }

  message(body: Body): boolean {
    if (this.ended) return true;
    const plain = this.#plain(body);
    if (plain === undefined) return true;
    this.#send(["message", this.id, plain]);
    this.#underWay += 1;
    this.#full = this.#underWay >= WINDOW;
    return !this.#full;
  }

  end(status: Status, last?: Body): void {
    if (this.ended && status.code === "ok") return;
    const plain = last === undefined ? undefined : this.#plain(last);
    if (last !== undefined && plain === undefined) return;
    this.ended = true;
    this.#send(["end", this.id, status.details.length === 0 ? status : this.#withPlainDetails(status), plain]);
  }

  /** The local reader has room: what it took is taken back from the writer's count. */
  drain(): void {
    if (this.#owed > 0) this.#send(["room", this.id, this.#owed]);
    this.#owed = 0;
  }

  /** Takes an event of the other thread. */
  hear(event: CallEvent): void {
    const [kind] = event;
    if (kind === "message") {
      this.#owed += 1;
      if (this.local.message(event[2]) && this.#owed >= WINDOW / 2) this.drain();
    } else if (kind === "head") this.local.head(event[2], event[3]);
    else if (kind === "room") {
      this.#underWay -= event[2];
      if (!this.#full || this.#underWay > WINDOW / 2) return;
      this.#full = false;
      this.local.drain();
    }
  }

  /** A body as it can be sent; undefined: it cannot, and the call has ended, both ways, as it does on wires that cannot write it. */
  #plain(body: Body): Body {
    try {
      return this.#call.plain(body);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const status = failure("internal", `The answer of ${this.#call.path} cannot be written as JSON: ${reason}.`);
      this.end(status);
      this.local.end(status);
      return undefined;
    }
  }

  /** Details that are no JSON must not hide the error itself. */
  #withPlainDetails(status: Status): Status {
    try {
      return { ...status, details: this.#call.plain(status.details) as unknown[] }; // a list stays one
    } catch {
      return { ...status, details: [] };
    }
  }
}
