import { OutBuffer } from "../../bytes/out-buffer.js";
import { deeperThan } from "../../bytes/json-depth.js";
import { decodeUtf8 } from "../../bytes/utf8.js";
import type { Sink } from "../../call/sink.js";
import type { Code } from "../../call/code.js";
import { failure, type Status } from "../../call/status.js";
import type { Limits, Outlet, Session } from "../wire.js";
import { type ByteOrder, FrameReader, FrameWriter } from "./codec.js";
import { type Id, idWithin } from "./envelope.js";

/** What both ends of a connection do: cut and parse frames, gather those of a turn, hold up writers and reading. */
export abstract class FrameSession implements Session {
  readonly output: OutBuffer = new OutBuffer();
  protected readonly outlet: Outlet;
  protected readonly limits: Limits;
  readonly #reader: FrameReader;
  readonly #writer: FrameWriter;
  /** Sinks to tell when there is room to write again. */
  readonly #waiting: Set<Sink> = new Set();
  /** What has to happen before more is read. */
  #blocker: unknown = undefined;
  #over = false;
  /** For how long the frame that is not whole yet has been arriving. */
  #arrivingMs = 0;

  constructor(outlet: Outlet, limits: Limits, order?: ByteOrder) {
    this.outlet = outlet;
    this.limits = limits;
    this.#reader = new FrameReader(limits.maxMessageBytes, order);
    this.#writer = new FrameWriter(order ?? "little");
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
    if (this.#reader.order !== undefined) this.#writer.order = this.#reader.order;
    this.#writer.writeTo(this.output);
  }

  finish(): void {
    // What is held up is read when its blocker is gone; only then is a frame known to be cut.
    if (this.#blocker === undefined && this.#reader.held > 0)
      this.bad(undefined, "invalid_argument", "The connection ended within a frame.");
  }

  /** Ends a connection whose peer takes too long to send a frame. What is held up by this end takes its time. */
  protected hurry(elapsedMs: number): void {
    this.#arrivingMs = this.#reader.held === 0 || this.#blocker !== undefined ? 0 : this.#arrivingMs + elapsedMs;
    const { requestTimeoutMs } = this.limits;
    if (this.#over || this.#arrivingMs <= requestTimeoutMs) return;
    this.bad(
      undefined,
      "deadline_exceeded",
      `A frame has to arrive within ${requestTimeoutMs} ms, and this one has not.`,
    );
    this.fail("A frame took too long to arrive.");
  }

  drained(): void {
    if (this.#waiting.size === 0) return;
    const sinks = [...this.#waiting];
    this.#waiting.clear();
    for (const sink of sinks) sink.drain();
  }

  /** Sends a frame of JSON text; false: full, and `writer` will be told by its `drain`. */
  send(json: string, writer?: Sink): boolean {
    if (this.#over) return true;
    this.outlet.wrote(this.#writer.add(json));
    if (!this.outlet.full) return true;
    if (writer !== undefined) this.#waiting.add(writer);
    return false;
  }

  /** Reads nothing more until `unblock` with the same blocker. There is one at a time, since nothing is read meanwhile. */
  protected block(blocker: unknown): void {
    this.#blocker = blocker;
    this.outlet.pause();
  }

  /** Reads on, if this is what reading waits for. */
  unblock(blocker: unknown): void {
    if (this.#blocker === undefined || this.#blocker !== blocker) return;
    this.#blocker = undefined;
    if (this.resuming()) this.#read();
    if (this.#blocker !== undefined || this.#over) return;
    this.#reader.keep();
    this.outlet.resume();
  }

  /** Called before reading goes on; false: it has been held up again. */
  protected resuming(): boolean {
    return this.#blocker === undefined;
  }

  /** Takes a parsed frame. */
  protected abstract heard(frame: unknown): void;

  /** Takes a frame that cannot be read; `id` where one could be made out. */
  protected abstract bad(id: Id | undefined, code: Code, message: string): void;

  /** Stops for good: the peer cannot be understood any more. */
  protected fail(reason: string): void {
    if (this.#over) return;
    this.#over = true;
    this.outlet.fail(reason);
    this.lost(failure("unavailable", reason));
  }

  #read(): void {
    while (this.#blocker === undefined && !this.#over) {
      const found = this.#reader.next();
      if (found === undefined) return;
      this.#arrivingMs = 0;
      if (found === "frame") this.#frame();
      else {
        const { bytes, start, end } = this.#reader;
        const limit = this.limits.maxMessageBytes;
        this.bad(
          idWithin(decodeUtf8(bytes, start, end) ?? ""),
          "resource_exhausted",
          `A frame may have ${limit} bytes, and this one has more.`,
        );
        if (found === "hopeless") this.fail("A frame is too long to be skipped.");
      }
    }
  }

  #frame(): void {
    const { bytes, start, end } = this.#reader;
    const { maxDepth } = this.limits;
    const text = decodeUtf8(bytes, start, end);
    if (text === undefined)
      this.bad(undefined, "invalid_argument", "A frame holds JSON in UTF-8, and this is no UTF-8.");
    else if (deeperThan(bytes, { start, end, limit: maxDepth })) {
      this.bad(
        idWithin(text),
        "invalid_argument",
        `A frame may nest arrays and objects ${maxDepth} deep, and this one goes deeper.`,
      );
    } else {
      let frame: unknown;
      try {
        frame = JSON.parse(text);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        this.bad(idWithin(text), "invalid_argument", `A frame holds JSON, and this is none: ${reason}.`);
        return;
      }
      this.heard(frame);
    }
  }
}
