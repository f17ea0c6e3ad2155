import type { Fields } from "../call/fields.js";
import type { Body, Sink } from "../call/sink.js";
import type { Status } from "../call/status.js";
import { type CallEvent, kept, WINDOW } from "./call-events.js";

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
  readonly #send: (event: CallEvent) => void;
  #underWay = 0;
  #full = false;
  /** Messages that came, and that `local` had no room to take more after. */
  #owed = 0;

  constructor(id: number, local: Sink, send: (event: CallEvent) => void) {
    this.id = id;
    this.local = local;
    this.#send = send;
  }

  head(fields: Fields): void {
    if (!this.ended) this.#send(["head", this.id, fields]);
  }

  message(body: Body): boolean {
    if (this.ended) return true;
    this.#send(["message", this.id, kept(body)]);
    this.#underWay += 1;
    this.#full = this.#underWay >= WINDOW;
    return !this.#full;
  }

  end(status: Status, last?: Body): void {
    if (this.ended && status.code === "ok") return;
    this.ended = true;
    this.#send(["end", this.id, status, last === undefined ? undefined : kept(last)]);
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
      if (this.local.message(event[2])) this.drain();
    } else if (kind === "head") this.local.head(event[2]);
    else if (kind === "room") {
      this.#underWay -= event[2];
      if (!this.#full || this.#underWay > WINDOW / 2) return;
      this.#full = false;
      this.local.drain();
    }
  }
}
