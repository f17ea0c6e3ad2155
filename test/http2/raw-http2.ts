import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { onTestFinished } from "vitest";
import { type ErrorCode, ERROR_CODES, errorNumber } from "../../src/transports/http2/error-code.js";
import { FLAG, FRAME } from "../../src/transports/http2/frame.js";
import { HpackDecoder } from "../../src/transports/http2/hpack-decoder.js";

export type Field = readonly [name: string, value: string];

/** A frame as it came. */
export interface RawFrame {
  readonly type: number;
  readonly flags: number;
  readonly id: number;
  readonly payload: Buffer;
}

export const PREFACE: Buffer = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
export const POST: readonly Field[] = [
  [":method", "POST"],
  [":scheme", "http"],
  [":path", "/echo"],
  [":authority", "localhost"],
];

/** The bytes of one frame, whatever they are. */
export function frame(
  type: number,
  { flags = 0, id = 0 }: { flags?: number; id?: number },
  payload: Uint8Array = NONE,
): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(id, 5);
  return Buffer.concat([head, payload]);
}

/** Numbers of 32 bits in a row. */
export function numbers(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, i) => bytes.writeUInt32BE(value, i * 4));
  return bytes;
}

/** A SETTINGS frame of pairs of identifier and value. */
export function settings(...pairs: readonly (readonly [identifier: number, value: number])[]): Buffer {
  const payload = Buffer.concat(
    pairs.map(([identifier, value]) => Buffer.concat([Buffer.from([0, identifier]), numbers(value)])),
  );
  return frame(FRAME.settings, {}, payload);
}

/** A header block that no table has to do with: names and values as they are (RFC 7541 §6.2.2). */
export function block(fields: readonly Field[]): Buffer {
  return Buffer.concat(fields.map(([name, value]) => Buffer.concat([Buffer.from([0]), text(name), text(value)])));
}

/** HEADERS with the whole of a block. */
export function headers(id: number, fields: readonly Field[], { end = false } = {}): Buffer {
  return frame(FRAME.headers, { flags: FLAG.endHeaders | (end ? FLAG.endStream : 0), id }, block(fields));
}

export function data(id: number, payload: string | Uint8Array, { end = false } = {}): Buffer {
  return frame(FRAME.data, { flags: end ? FLAG.endStream : 0, id }, Buffer.from(payload as string)); // Buffer.from takes both
}

export function windowUpdate(id: number, bytes: number): Buffer {
  return frame(FRAME.windowUpdate, { id }, numbers(bytes));
}

export function reset(id: number, code: ErrorCode): Buffer {
  return frame(FRAME.rstStream, { id }, numbers(errorNumber(code)));
}

/** A request for a path, with a whole body. */
export function request(id: number, path: string, body?: string): Buffer {
  const fields = POST.map(([name, value]): Field => [name, name === ":path" ? path : value]);
  return body === undefined
    ? headers(id, fields, { end: true })
    : Buffer.concat([headers(id, fields), data(id, body, { end: true })]);
}

/** One end of a connection that knows frames and nothing else: it says what it is told, and hears frames in order. */
export class RawHttp2 {
  readonly socket: Socket;
  /** Bytes that have come in all. */
  received: number = 0;
  /** Resolves when the connection is gone. */
  readonly closed: Promise<void>;
  readonly #decoder = new HpackDecoder(4096, 1_000_000);
  readonly #frames: RawFrame[] = [];
  #bytes: Buffer = Buffer.alloc(0);
  #skip: number;
  #over = false;
  #wake: (() => void) | undefined = undefined;

  /** `skip`: bytes to pass over before the first frame. */
  constructor(socket: Socket, skip = 0) {
    this.socket = socket;
    this.#skip = skip;
    socket.on("data", (chunk) => {
      this.received += chunk.length;
      this.#cut(Buffer.concat([this.#bytes, chunk]));
      this.#wake?.();
    });
    socket.on("error", () => {});
    socket.on("end", () => {
      this.#over = true;
      this.#wake?.();
    });
    this.closed = new Promise((resolve) => {
      socket.on("close", () => {
        this.#over = true;
        this.#wake?.();
        resolve();
      });
    });
    onTestFinished(() => void socket.destroy());
  }

  /** A connection to a port of this machine, where nothing has been said. */
  static async silent(port: number): Promise<RawHttp2> {
    const socket = connect({ host: "127.0.0.1", port, noDelay: true });
    await once(socket, "connect");
    return new RawHttp2(socket);
  }

  /** A connection where the first words have been exchanged. */
  static async to(port: number, ...pairs: readonly (readonly [number, number])[]): Promise<RawHttp2> {
    const peer = await RawHttp2.silent(port);
    peer.write(PREFACE, settings(...pairs), frame(FRAME.settings, { flags: FLAG.ack }));
    await peer.until((each) => each.type === FRAME.settings && each.flags === FLAG.ack);
    return peer;
  }

  write(...parts: readonly Uint8Array[]): void {
    this.socket.write(Buffer.concat(parts));
  }

  /** Writes, and waits until the system has taken it all. */
  async pour(bytes: Uint8Array): Promise<void> {
    await new Promise((resolve) => this.socket.write(bytes, resolve));
  }

  /** The next frame; undefined: none will come. */
  async next(): Promise<RawFrame | undefined> {
    for (;;) {
      const first = this.#frames.shift();
      if (first !== undefined || this.#over) return first;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = undefined;
    }
  }

  /** The next frame for which something holds; those before it are passed over. */
  async until(holds: (frame: RawFrame) => boolean): Promise<RawFrame> {
    for (;;) {
      const found = await this.next();
      if (found === undefined) throw new Error("The connection ended before the frame came.");
      if (holds(found)) return found;
    }
  }

  /** The code of the GOAWAY that the connection ends with; `closed` where it ends without one. */
  async goodbye(): Promise<ErrorCode | "closed"> {
    for (;;) {
      const found = await this.next();
      if (found === undefined) return "closed";
      if (found.type === FRAME.goaway) return ERROR_CODES[found.payload.readUInt32BE(4)] ?? "INTERNAL_ERROR";
    }
  }

  /** Hears a goodbye in two steps, and answers the PING between them. Returns the last stream that will be answered. */
  async parted(): Promise<number> {
    const isGoodbye = (each: RawFrame): boolean => each.type === FRAME.goaway;
    const announced = await this.until(isGoodbye);
    if (announced.payload.readUInt32BE(0) !== 0x7fff_ffff) throw new Error("The first goodbye names a stream.");
    await this.pong();
    return (await this.until(isGoodbye)).payload.readUInt32BE(0);
  }

  /** Answers the next PING. */
  async pong(): Promise<void> {
    const { payload } = await this.until((each) => each.type === FRAME.ping && (each.flags & FLAG.ack) === 0);
    this.write(frame(FRAME.ping, { flags: FLAG.ack }, payload));
  }

  /** The code by which a stream is reset. */
  async resetOf(id: number): Promise<ErrorCode> {
    const found = await this.until((each) => each.type === FRAME.rstStream && each.id === id);
    return ERROR_CODES[found.payload.readUInt32BE(0)] ?? "INTERNAL_ERROR";
  }

  /** The fields of a block that came in one frame. */
  fields({ payload }: RawFrame): readonly Field[] {
    return (this.#decoder.decode(payload, 0, payload.length)?.fields ?? []).map(({ name, value }): Field => [
      name,
      value,
    ]);
  }

  /** An answer, with all frames of other streams passed over. */
  async answer(id: number): Promise<{ status: string; body: string; trailers: readonly Field[] }> {
    let status = "";
    let body = "";
    let trailers: readonly Field[] = [];
    for (;;) {
      const each = await this.next();
      if (each === undefined) throw new Error("The connection ended within the answer.");
      // Every block has to be decoded, since it may change the table.
      const fields = each.type === FRAME.headers ? this.fields(each) : [];
      if (each.id !== id) continue;
      if (each.type === FRAME.rstStream)
        throw new Error(`The stream was reset: ${ERROR_CODES[each.payload.readUInt32BE(0)]}.`);
      if (each.type === FRAME.data) body += each.payload.toString();
      else if (status === "") status = fields[0]?.[1] ?? "";
      else trailers = fields;
      if ((each.type === FRAME.data || each.type === FRAME.headers) && (each.flags & FLAG.endStream) !== 0)
        return { status, body, trailers };
    }
  }

  /** Resolves when the peer has taken all frames that were written before. */
  async ping(): Promise<void> {
    const mark = Buffer.alloc(8);
    mark.writeUInt32BE((pings += 1));
    this.write(frame(FRAME.ping, {}, mark));
    await this.until((each) => each.type === FRAME.ping && each.flags === FLAG.ack && each.payload.equals(mark));
  }

  #cut(bytes: Buffer): void {
    let at = Math.min(this.#skip, bytes.length);
    this.#skip -= at;
    while (bytes.length - at >= 9) {
      const length = bytes.readUIntBE(at, 3);
      if (bytes.length - at - 9 < length) break;
      const payload = Buffer.from(bytes.subarray(at + 9, at + 9 + length));
      this.#frames.push({
        type: bytes[at + 3] ?? 0,
        flags: bytes[at + 4] ?? 0,
        id: bytes.readUInt32BE(at + 5),
        payload,
      });
      at += 9 + length;
    }
    this.#bytes = Buffer.from(bytes.subarray(at));
  }
}

/** A server made by hand: each connection is a RawHttp2 for `converse`. Returns its port. */
export async function rawServer(converse: (peer: RawHttp2) => Promise<void>): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    // A conversation ends where its peer does.
    converse(new RawHttp2(socket, PREFACE.length)).catch(() => socket.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const bound = server.address();
  if (typeof bound !== "object" || bound === null) throw new Error("The server has no port.");
  return bound.port;
}

const NONE = new Uint8Array(0);
let pings = 0;

/** A text as its bytes, after its length (RFC 7541 §5.2). */
function text(value: string): Buffer {
  const bytes = Buffer.from(value, "latin1");
  if (bytes.length < 127) return Buffer.concat([Buffer.from([bytes.length]), bytes]);
  const length = [127];
  let rest = bytes.length - 127;
  for (; rest >= 128; rest >>>= 7) length.push((rest & 127) | 128);
  return Buffer.concat([Buffer.from([...length, rest]), bytes]);
}
