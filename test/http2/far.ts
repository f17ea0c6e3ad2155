import type { Connection } from "../../src/transports/connection.js";
import { FLAG, FRAME } from "../../src/transports/http2/frame.js";
import { framesOf } from "./mutations.js";
import { frame, type RawFrame } from "./raw-http2.js";

/** The far end of a connection in memory, which knows frames and nothing else. */
export class Far {
  /** Frames that came and that nobody has asked for. */
  readonly frames: RawFrame[] = [];
  /** The peer has said everything. */
  readonly ended: Promise<void>;
  readonly closed: Promise<void>;
  readonly #connection: Connection;
  #bytes: Buffer = Buffer.alloc(0);
  #over = false;

  constructor(connection: Connection) {
    this.#connection = connection;
    let ended: () => void = () => {};
    let closed: () => void = () => {};
    this.ended = new Promise((resolve) => (ended = resolve));
    this.closed = new Promise((resolve) => (closed = resolve));
    connection.start({
      data: (chunk) => this.#cut(Buffer.concat([this.#bytes, chunk])),
      end: () => {
        connection.end();
        ended();
      },
      drain() {},
      close: () => {
        this.#over = true;
        closed();
      },
    });
  }

  write(...parts: readonly Uint8Array[]): void {
    this.#connection.write(Buffer.concat(parts));
  }

  /** The next frame for which something holds; those before it are passed over. */
  async until(holds: (each: RawFrame) => boolean): Promise<RawFrame> {
    for (;;) {
      const found = this.frames.shift();
      if (found === undefined) {
        if (this.#over) throw new Error("The connection ended before the frame came.");
        await new Promise(setImmediate);
      } else if (holds(found)) return found;
    }
  }

  /** The data of an answer, to its end. */
  async body(id: number): Promise<string> {
    let body = "";
    for (;;) {
      const { flags, payload } = await this.until((each) => each.type === FRAME.data && each.id === id);
      body += payload.toString();
      if ((flags & FLAG.endStream) !== 0) return body;
    }
  }

  /** Answers the next PING. */
  async pong(): Promise<void> {
    const { payload } = await this.until((each) => each.type === FRAME.ping && (each.flags & FLAG.ack) === 0);
    this.write(frame(FRAME.ping, { flags: FLAG.ack }, payload));
  }

  /** Lets everything happen that needs no more than turns of the event loop. */
  async turns(): Promise<void> {
    for (let n = 0; n < 10; n += 1) await new Promise(setImmediate);
  }

  #cut(bytes: Buffer): void {
    let at = 0;
    for (const each of framesOf(bytes, 0)) {
      at += each.length;
      this.frames.push({
        type: each[3] ?? 0,
        flags: each[4] ?? 0,
        id: each.readUInt32BE(5),
        payload: each.subarray(9),
      });
    }
    this.#bytes = bytes.subarray(at);
  }
}
