import { OutBuffer } from "../../bytes/out-buffer.js";
import type { Limits, Outlet, Session } from "../../wires/wire.js";
import { closePayload } from "./close-payload.js";
import { FRAME_OVERHEAD, FrameWriter, type Side } from "./frame-writer.js";
import { type FrameEvents, MessageReader, type Violation } from "./message-reader.js";
import { PeerWatch, type PeerVerdict } from "./peer-watch.js";

type Status = Parameters<Session["lost"]>[0];

const EMPTY = new Uint8Array(0);

/** What one end of a connection is. */
export interface SessionParts<Inner> {
  readonly side: Side;
  readonly limits: Limits;
  /** Makes the session whose messages are carried; it is given the WebSocket as its outlet. */
  readonly makeInner: (outlet: Outlet) => Inner;
  /** What is said to a peer when this end retires (RFC 6455 §7.4.1). */
  readonly goodbye: number;
}

/**
 * Carries the messages of an inner session over a WebSocket (RFC 6455): to the connection it is a session, to the inner session the outlet.
 * Messages go out as text, and come in as text or not. A close frame is written behind everything that the inner session has said;
 * it is the last thing said.
 */
export abstract class WebSocketSession<Inner extends Session> implements Session, Outlet, FrameEvents {
  readonly output: OutBuffer = new OutBuffer();
  protected readonly inner: Inner;
  protected readonly outlet: Outlet;
  readonly #goodbye: number;
  /** A client's calls have deadlines of their own. */
  readonly #arrivalMs: number;
  readonly #watch: PeerWatch;
  readonly #reader: MessageReader;
  readonly #writer: FrameWriter;
  /** What waits until the inner session reads again: messages, and the peer's goodbye. */
  readonly #later: (Uint8Array | Violation)[] = [];
  #paused = false;
  #delivering = false;
  /** Nothing more is read: the peer has said goodbye, or cannot be understood. */
  #heardAll = false;
  /** The close frame that is to be sent, and whether it has been. */
  #closing: Violation | undefined = undefined;
  #saidAll = false;
  #retiring = false;
  /** The answer to the peer's last ping; one is enough for several (RFC 6455 §5.5.3). */
  #pong: Uint8Array | undefined = undefined;
  #pinging = false;

  constructor(outlet: Outlet, { side, limits, makeInner, goodbye }: SessionParts<Inner>) {
    this.outlet = outlet;
    this.#arrivalMs = side === "server" ? limits.requestTimeoutMs : Infinity;
    this.#watch = new PeerWatch(this.#arrivalMs);
    this.#goodbye = goodbye;
    this.#reader = new MessageReader(this, { server: side === "server", maxMessageBytes: limits.maxMessageBytes });
    this.#writer = new FrameWriter(this.output, side);
    this.inner = makeInner(this);
  }

  /** What becomes of the inner session when the peer has said goodbye. */
  protected abstract peerClosed(code: number, reason: string): void;

  get open(): number {
    return this.inner.open;
  }

  /** One of both ends has said goodbye, or is about to. */
  get leaving(): boolean {
    return this.#heardAll || this.#closing !== undefined;
  }

  receive(chunk: Uint8Array): void {
    this.#watch.came();
    if (this.#heardAll) return;
    const violation = this.#reader.read(chunk);
    if (violation !== undefined && !this.#heardAll) this.#refuse(violation);
  }

  gather(): void {
    this.inner.gather();
    const { output } = this.inner;
    if (!this.#saidAll) {
      this.#writer.messages(output);
      if (this.#retiring && this.open === 0) this.#closing ??= { code: this.#goodbye, reason: "" };
      this.#writeControls();
    }
    output.release();
  }

  finish(): void {
    this.#heardAll = true;
    this.inner.finish();
  }

  lost(status: Status): void {
    this.inner.lost(status);
  }

  drained(): void {
    this.inner.drained();
  }

  retire(): void {
    this.#retiring = true;
    this.inner.retire();
    this.outlet.wrote(0);
  }

  tick(elapsedMs: number): void {
    this.inner.tick?.(elapsedMs);
    if (this.#heardAll || this.#saidAll) return;
    if (this.#paused || this.outlet.full) this.#watch.excuse();
    else this.#judge(this.#watch.tick(elapsedMs));
  }

  // The outlet of the inner session.

  get full(): boolean {
    return this.outlet.full;
  }

  wrote(bytes: number): void {
    this.outlet.wrote(bytes === 0 ? 0 : bytes + FRAME_OVERHEAD);
  }

  pause(): void {
    this.#paused = true;
    this.outlet.pause();
  }

  resume(): void {
    this.#paused = false;
    // Whoever delivers goes on with the next.
    if (this.#delivering) return;
    this.#delivering = true;
    while (!this.#stopped()) this.#deliver(this.#later.shift());
    this.#delivering = false;
    if (!this.#paused) this.outlet.resume();
  }

  fail(reason: string): void {
    this.#end({ code: 1008, reason });
    this.outlet.fail(reason);
  }

  leave(): void {
    this.#end({ code: this.#goodbye, reason: "" });
    this.outlet.leave();
  }

  cut(reason: string): void {
    this.outlet.cut(reason);
  }

  /** What carries messages to their end is not given away. */
  become(): void {
    this.cut("A WebSocket carries one protocol to its end.");
  }

  // What the peer says.

  message(bytes: Uint8Array): void {
    this.#watch.heard();
    if (this.#heardAll) return;
    if (this.#paused || this.#delivering) this.#later.push(bytes);
    else this.inner.receive(bytes);
  }

  ping(payload: Uint8Array): void {
    this.#watch.heard();
    if (this.#heardAll) return;
    this.#pong = payload;
    this.outlet.wrote(payload.length + FRAME_OVERHEAD);
  }

  pong(): void {
    this.#watch.heard();
  }

  close(code: number, reason: string): void {
    if (this.#heardAll) return;
    this.#heardAll = true;
    if (this.#paused || this.#delivering) this.#later.push({ code, reason });
    else this.#closed({ code, reason });
  }

  #stopped(): boolean {
    return this.#paused || this.#later.length === 0;
  }

  #deliver(event: Uint8Array | Violation | undefined): void {
    if (event instanceof Uint8Array) this.inner.receive(event);
    else if (event !== undefined) this.#closed(event);
  }

  /** RFC 6455 §5.5.1: a close frame is answered with one; then the connection ends in peace. */
  #closed({ code, reason }: Violation): void {
    this.#end({ code, reason: "" });
    this.peerClosed(code, reason);
    this.outlet.leave();
  }

  #refuse(violation: Violation): void {
    this.#end(violation);
    this.outlet.fail(violation.reason);
    const code = violation.code === 1009 ? "resource_exhausted" : "unavailable";
    this.inner.lost({ code, message: violation.reason, details: [], trailers: [] });
  }

  /** Reads nothing more, and says goodbye after what the inner session has said. */
  #end(closing: Violation): void {
    this.#heardAll = true;
    this.#closing ??= closing;
    this.#later.length = 0;
    // The peer's end of the connection is still to be heard of.
    if (this.#paused) {
      this.#paused = false;
      this.outlet.resume();
    }
    this.outlet.wrote(0);
  }

  #judge(verdict: PeerVerdict): void {
    if (verdict === "gone") this.outlet.cut("The peer has said nothing for a minute, and did not answer a ping.");
    else if (verdict === "slow")
      this.#refuse({
        code: 1008,
        reason: `A message has to arrive within ${this.#arrivalMs} ms, and this one has not.`,
      });
    else if (verdict === "ask") {
      this.#pinging = true;
      this.outlet.wrote(FRAME_OVERHEAD);
    }
  }

  #writeControls(): void {
    if (this.#pong !== undefined) this.#writer.frame("pong", this.#pong);
    if (this.#pinging) this.#writer.frame("ping", EMPTY);
    this.#pong = undefined;
    this.#pinging = false;
    if (this.#closing === undefined) return;
    this.#saidAll = true;
    this.#writer.frame("close", closePayload(this.#closing.code, this.#closing.reason));
  }
}
