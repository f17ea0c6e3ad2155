import { OutBuffer } from "../../bytes/out-buffer.js";
import type { Sink } from "../../call/sink.js";
import { failure, type Status } from "../../call/status.js";
import type { Limits, Outlet, Session } from "../wire.js";
import { idShown, type Id } from "./envelope.js";
import type { Found, Framing, MessageReader, MessageWriter } from "./framing.js";
import { protocolError } from "./status.js";

/** What both ends of a connection do: cut and parse messages, gather those of a turn, hold up writers and reading. */
export abstract class JsonRpcSession implements Session {
  readonly output: OutBuffer = new OutBuffer();
  protected readonly outlet: Outlet;
  protected readonly limits: Limits;
  #reader: MessageReader;
  #writer: MessageWriter;
  /** Sinks to tell when there is room to write again. */
  readonly #waiting: Set<Sink> = new Set();
  /** What has to happen before more is read: several things, where one batch holds up several calls. */
  readonly #blockers: Set<unknown> = new Set();
  #over = false;
  /** For how long the message that is not whole yet has been arriving. */
  #arrivingMs = 0;

  constructor(outlet: Outlet, limits: Limits, framing: Framing) {
    this.outlet = outlet;
    this.limits = limits;
    this.#reader = framing.reader(limits);
    this.#writer = framing.writer();
  }

  abstract readonly open: number;
  abstract lost(status: Status): void;
  abstract retire(): void;

  receive(chunk: Uint8Array): void {
    if (this.#over) return;
    this.#reader.push(chunk);
    this.#read();
    this.#reader.keep();
  }

  gather(): void {
    this.#writer.writeTo(this.output);
  }

  finish(): void {
    // What is held up is read when its blocker is gone; only then is a message known to be cut.
    if (!this.#over && this.#blockers.size === 0 && this.#reader.arriving)
      this.bad(null, protocolError(-32700, "The connection ended within a message."));
  }

  drained(): void {
    if (this.#waiting.size === 0) return;
    const sinks = [...this.#waiting];
    this.#waiting.clear();
    for (const sink of sinks) sink.drain();
  }

  /** Sends a message of JSON text; false: full, and `writer` will be told by its `drain`. */
  send(json: string, writer?: Sink): boolean {
    if (this.#over) return true;
    this.outlet.wrote(this.#writer.add(json));
    if (!this.outlet.full) return true;
    if (writer !== undefined) this.#waiting.add(writer);
    return false;
  }

  /** Reads on, if this is the last thing that reading waits for. */
  unblock(blocker: unknown): void {
    if (this.#blockers.size === 0 || !this.#blockers.delete(blocker)) return;
    if (this.#blockers.size === 0 && this.resuming()) this.#read();
    if (this.#blockers.size > 0 || this.#over) return;
    this.#reader.keep();
    this.outlet.resume();
  }

  /** Reads nothing more until `unblock` with the same blocker. */
  protected block(blocker: unknown): void {
    this.#blockers.add(blocker);
    this.outlet.pause();
  }

  /** Reads and writes with another framing, before anything was read or written. */
  protected reframe(framing: Framing): void {
    this.#reader = framing.reader(this.limits);
    this.#writer = framing.writer();
  }

  /** Ends a connection whose peer takes too long to send a message. What is held up by this end takes its time. */
  protected hurry(elapsedMs: number): void {
    this.#arrivingMs = !this.#reader.arriving || this.#blockers.size > 0 ? 0 : this.#arrivingMs + elapsedMs;
    const { requestTimeoutMs } = this.limits;
    if (this.#over || this.#arrivingMs <= requestTimeoutMs) return;
    const reason = `A message has to arrive within ${requestTimeoutMs} ms, and this one has not.`;
    this.bad(null, failure("deadline_exceeded", reason));
    this.fail("A message took too long to arrive.");
  }

  /** Called before reading goes on; false: it has been held up again. */
  protected resuming(): boolean {
    return this.#blockers.size === 0;
  }

  /** Takes a parsed message. */
  protected abstract heard(message: unknown): void;

  /** Takes note of a message that cannot be read; `id` where one could be made out. */
  protected abstract bad(id: Id, status: Status): void;

  /** Stops for good: the peer cannot be understood any more. */
  protected fail(reason: string): void {
    if (this.#over) return;
    this.#over = true;
    this.outlet.fail(reason);
    this.lost(failure("unavailable", reason));
  }

  #read(): void {
    while (this.#blockers.size === 0 && !this.#over) {
      const found = this.#reader.next();
      if (found === undefined) return;
      this.#arrivingMs = 0;
      if (found === "message") this.heard(this.#reader.value);
      else this.#unreadable(found);
    }
  }

  #unreadable(found: Exclude<Found, undefined | "message">): void {
    const { maxMessageBytes, maxDepth } = this.limits;
    switch (found) {
      case "garbage":
        this.bad(null, protocolError(-32700, "This is no JSON in UTF-8."));
        break;
      case "lost":
        this.bad(
          null,
          protocolError(-32700, "A header part has lines such as Content-Length: 52, and ends with an empty one."),
        );
        this.fail("A header part cannot be read.");
        break;
      case "deep": {
        const reason = `A message may nest arrays and objects ${maxDepth} deep, and this one goes deeper.`;
        this.bad(idShown(this.#reader.shown) ?? null, protocolError(-32600, reason));
        break;
      }
      case "skipped": {
        const reason = `A message may have ${maxMessageBytes} bytes, and this one has more.`;
        this.bad(idShown(this.#reader.shown) ?? null, failure("resource_exhausted", reason));
        break;
      }
      case "hopeless":
        this.fail("A message is too long to be skipped.");
    }
  }
}
