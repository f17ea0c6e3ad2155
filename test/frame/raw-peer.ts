import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { onTestFinished } from "vitest";

export type ByteOrder = "little" | "big";

/** One end of a connection that knows nothing of callwire: it packs lengths by hand, says what it is told, and hears frames in order. */
export class RawPeer {
  readonly socket: Socket;
  readonly #order: ByteOrder;
  /** Whole frames that have come and not been heard. */
  readonly #frames: Buffer[] = [];
  /** What belongs to no whole frame yet. */
  #bytes: Buffer = Buffer.alloc(0);
  #over: Error | undefined = undefined;
  #ended = false;
  #wake: (() => void) | undefined = undefined;

  constructor(socket: Socket, order: ByteOrder = "little") {
    this.socket = socket;
    this.#order = order;
    socket.on("data", (chunk) => {
      this.#cut(Buffer.concat([this.#bytes, chunk]));
      this.#wake?.();
    });
    socket.on("end", () => {
      this.#ended = true;
      this.#wake?.();
    });
    socket.on("error", (error) => {
      this.#over = error;
      this.#wake?.();
    });
    socket.on("close", () => {
      this.#over ??= new Error("closed");
      this.#wake?.();
    });
    onTestFinished(() => void socket.destroy());
  }

  /** A connection to `tcp://HOST:PORT`. */
  static async to(address: string | undefined, order: ByteOrder = "little"): Promise<RawPeer> {
    const { hostname, port } = new URL(address ?? "");
    const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true, noDelay: true });
    await once(socket, "connect");
    return new RawPeer(socket, order);
  }

  /** Sends values as frames of JSON, all in one write. */
  say(...values: readonly unknown[]): void {
    this.write(...values.map((value) => this.packed(JSON.stringify(value))));
  }

  /** Sends bytes as they are, in one write. */
  write(...parts: readonly Uint8Array[]): void {
    this.socket.write(Buffer.concat(parts));
  }

  /** Sends bytes one by one, each in a turn of its own. */
  async trickle(bytes: Uint8Array): Promise<void> {
    for (const byte of bytes) {
      this.socket.write(Uint8Array.of(byte));
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
    }
  }

  /** A frame of any text or bytes; `length` where it is to lie. */
  packed(body: string | Uint8Array, length?: number): Buffer {
    const bytes = Buffer.from(body as string); // Buffer.from has the same overload for both
    const prefix = Buffer.alloc(4);
    if (this.#order === "little") prefix.writeUInt32LE(length ?? bytes.length);
    else prefix.writeUInt32BE(length ?? bytes.length);
    return Buffer.concat([prefix, bytes]);
  }

  /** The text of the next frame. Rejects where the connection ends before it. */
  async text(): Promise<string> {
    for (;;) {
      const body = this.#frames.shift();
      if (body !== undefined) return body.toString();
      if (this.#over !== undefined || this.#ended) throw this.#over ?? new Error("ended");
      await this.#more();
    }
  }

  /** The next frame, parsed. */
  async hear(): Promise<unknown> {
    return JSON.parse(await this.text());
  }

  /** So many frames, parsed, in the order in which they came. */
  async hearAll(count: number): Promise<unknown[]> {
    const frames: unknown[] = [];
    while (frames.length < count) frames.push(await this.hear());
    return frames;
  }

  /** What comes until the peer says that nothing follows. */
  async rest(): Promise<unknown[]> {
    while (!this.#ended && this.#over === undefined) await this.#more();
    if (this.#bytes.length > 0)
      throw new Error(`The peer ended within a frame, after ${this.#bytes.length} bytes of it.`);
    return this.#frames.splice(0).map((body) => JSON.parse(body.toString()) as unknown);
  }

  #cut(bytes: Buffer): void {
    let at = 0;
    while (bytes.length - at >= 4) {
      const length = this.#order === "little" ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at);
      if (bytes.length - at - 4 < length) break;
      this.#frames.push(bytes.subarray(at + 4, at + 4 + length));
      at += 4 + length;
    }
    this.#bytes = bytes.subarray(at);
  }

  async #more(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    this.#wake = undefined;
  }
}

/** A server made by hand: each connection is a RawPeer for `converse`. Returns its place as `127.0.0.1:PORT`. */
export async function rawServer(
  converse: (peer: RawPeer, index: number) => Promise<void>,
  order?: ByteOrder,
): Promise<string> {
  let index = 0;
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    sockets.add(socket);
    const peer = new RawPeer(socket, order);
    // A conversation ends where its peer does.
    converse(peer, index).catch(() => socket.destroy());
    index += 1;
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const bound = server.address();
  if (typeof bound !== "object" || bound === null) throw new Error("The server has no port.");
  return `127.0.0.1:${bound.port}`;
}
