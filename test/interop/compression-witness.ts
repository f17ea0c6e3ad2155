import { connect as connectTcp, createServer, type Socket } from "node:net";
import { once } from "node:events";
import { onTestFinished } from "vitest";
import { EnvelopeReader } from "../../src/bytes/envelope.js";

/** Where callers go who are watched, and what was seen of each. */
export interface Witness {
  readonly address: string;
  /** Whether each message of the newest call came compressed, by the address of the caller's connection as the server has it. */
  readonly came: ReadonlyMap<string, readonly boolean[]>;
}

/**
 * Stands before a server of gRPC without TLS, and notes which messages come compressed: cases of interop want their server to know, whose methods
 * are given messages as they were before. Gone with the running test.
 */
export async function witnessed(port: number): Promise<Witness> {
  const came = new Map<string, boolean[]>();
  const server = createServer((caller) => {
    const onward = connectTcp(port, "127.0.0.1", () => {
      const seen = new Frames((flags) => came.set(`tcp://127.0.0.1:${onward.localPort}`, flags));
      caller.on("data", (chunk) => {
        seen.push(chunk);
        onward.write(chunk);
      });
      caller.on("end", () => onward.end());
    });
    onward.pipe(caller);
    for (const [one, other] of [
      [caller, onward],
      [onward, caller],
    ] as const)
      endWith(one, other);
  }).listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  const address = server.address();
  return { address: `127.0.0.1:${address !== null && typeof address === "object" ? address.port : 0}`, came };
}

function endWith(one: Socket, other: Socket): void {
  one.on("error", () => {});
  one.on("close", () => other.destroy());
}

/** Bytes that a connection of HTTP/2 begins with (RFC 9113 §3.4), those before each frame (§4.1), and the frames that matter (§6). */
const PREFACE_BYTES = 24;
const HEAD_BYTES = 9;
const DATA = 0;
const HEADERS = 1;

/** The frames that one caller sends. */
class Frames {
  readonly #call: (flags: boolean[]) => void;
  #held: Buffer = Buffer.alloc(0);
  #skip = PREFACE_BYTES;
  readonly #calls: Map<number, { readonly reader: EnvelopeReader; readonly flags: boolean[] }> = new Map();

  /** Each new call is told, with the list that its messages will be added to. */
  constructor(call: (flags: boolean[]) => void) {
    this.#call = call;
  }

  push(chunk: Buffer): void {
    this.#held = Buffer.concat([this.#held, chunk]);
    for (;;) {
      const held = this.#held.subarray(this.#skip);
      if (held.length < HEAD_BYTES) return;
      const end = HEAD_BYTES + held.readUIntBE(0, 3);
      if (held.length < end) return;
      this.#held = held.subarray(end);
      this.#skip = 0;
      this.#frame(held.subarray(0, end));
    }
  }

  #frame(frame: Buffer): void {
    const stream = frame.readUInt32BE(5);
    if (frame[3] === HEADERS) {
      const call = { reader: new EnvelopeReader(4_194_304), flags: [] };
      this.#calls.set(stream, call);
      this.#call(call.flags);
    } else if (frame[3] === DATA) {
      const { reader, flags } = this.#calls.get(stream) ?? {};
      reader?.push(frame, HEAD_BYTES, frame.length);
      while (reader?.next() === "message") flags?.push(reader.flags === 1);
      reader?.keep();
    }
  }
}
