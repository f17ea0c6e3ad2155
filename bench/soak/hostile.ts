import { connect, type Socket } from "node:net";
import { oneOf, type Pick } from "./random.js";
import type { Conversation } from "./record.js";

/** What hostile peers have at hand. */
export interface Arms {
  readonly conversations: readonly Conversation[];
  readonly pick: Pick;
  readonly ports: { readonly tcp: number; readonly tls: number };
  /** Aborts when the round is over. */
  readonly signal: AbortSignal;
}

/** One way to be a nuisance; resolves when its connection is gone. */
type Attack = (arms: Arms) => Promise<void>;

const HTTP2_PREFACE = 24;

/** A connection whose end can be waited for. */
class Peer {
  readonly socket: Socket;
  readonly gone: Promise<void>;
  readonly #arms: Arms;

  constructor(arms: Arms, port: number = arms.ports.tcp) {
    this.#arms = arms;
    this.socket = connect({ port, host: "127.0.0.1", allowHalfOpen: arms.pick(3) === 0, noDelay: true });
    this.socket.on("error", () => {});
    // Node ends a connection only when everything has been read.
    this.socket.resume();
    this.gone = new Promise((resolve) => {
      this.socket.once("close", () => resolve());
    });
    const over = (): void => void this.socket.destroy();
    arms.signal.addEventListener("abort", over);
    this.socket.once("close", () => arms.signal.removeEventListener("abort", over));
    if (arms.signal.aborted) over();
  }

  /** Says it in pieces, or as a whole. */
  async say(bytes: Buffer): Promise<void> {
    const { pick } = this.#arms;
    const step = pick(2) === 0 ? bytes.length : 1 + pick(pick(2) === 0 ? 20 : 2000);
    for (let at = 0; at < bytes.length && !this.socket.destroyed; at += step) {
      this.socket.write(bytes.subarray(at, at + step));
      if (step < bytes.length) await new Promise(setImmediate);
    }
  }

  /** Waits until the server has closed it, for a while, and leaves in one of the ways that there are. */
  async leave(patienceMs: number = this.#arms.pick(800)): Promise<void> {
    await this.over(patienceMs);
    const way = this.#arms.pick(4);
    if (way === 0) this.socket.resetAndDestroy();
    else if (way === 1) this.socket.destroy();
    else {
      this.socket.end();
      await this.over(way === 2 ? 20 : 4000);
      this.socket.destroy();
    }
    await this.gone;
  }

  async over(ms: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const slept = new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)));
    await Promise.race([this.gone, slept]);
    clearTimeout(timer);
  }
}

function noise(length: number, pick: Pick): Buffer {
  return Buffer.from(Array.from({ length }, () => pick(256)));
}

/** A conversation after a few mutations: bytes, bits, ends, splices, lengths, repetitions. */
function mutated({ conversations, pick }: Arms): { bytes: Buffer; tls: boolean } {
  const { target, bytes: original } = oneOf(conversations, pick);
  let bytes: Buffer = Buffer.from(original);
  for (let round = pick(5); round >= 0; round -= 1) {
    const at = pick(bytes.length + 1);
    const kind = pick(9);
    if (kind === 0 && bytes.length > 0) bytes[at % bytes.length] = pick(256);
    else if (kind === 1 && bytes.length > 0) bytes[at % bytes.length]! ^= 1 << pick(8);
    else if (kind === 2) bytes = bytes.subarray(0, at);
    else if (kind === 3) bytes = Buffer.concat([bytes, oneOf(conversations, pick).bytes]);
    else if (kind === 4) bytes = Buffer.concat([bytes.subarray(0, at), noise(pick(40), pick), bytes.subarray(at)]);
    else if (kind === 5) bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + pick(30))]);
    else if (kind === 6 && at + 4 <= bytes.length) bytes.writeUInt32BE(pick(2) === 0 ? pick(5000) : pick(2 ** 32), at);
    else if (kind === 7) bytes = Buffer.concat([bytes, bytes.subarray(at)]);
    else bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(pick(at + 1))]);
  }
  return { bytes: bytes.subarray(0, 60_000), tls: target.at === "tls" };
}

const headerFlood = (): Buffer =>
  Buffer.from(
    `POST /RPC2 HTTP/1.1\r\nhost: x\r\n${"x-flood: 0123456789012345678901234567890123456789\r\n".repeat(4000)}`,
  );

/** HEADERS that go on without end: CONTINUATION after CONTINUATION. */
function continuationFlood(): Buffer {
  const piece = Buffer.alloc(16_000, 0x41);
  const frame = (type: number, payload: Buffer): Buffer => http2Frame({ type, flags: 0, id: 1 }, payload);
  const pieces = Array.from({ length: 30 }, () => frame(9, piece));
  return Buffer.concat([preface(), frame(1, piece), ...pieces]);
}

function preface(): Buffer {
  return Buffer.concat([
    Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    http2Frame({ type: 4, flags: 0, id: 0 }, Buffer.alloc(0)),
  ]);
}

interface Head {
  readonly type: number;
  readonly flags: number;
  readonly id: number;
}

function http2Frame({ type, flags, id }: Head, payload: Buffer): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(id, 5);
  return Buffer.concat([head, payload]);
}

/** The block of the first HEADERS of a conversation. */
function headersOf(bytes: Buffer): Buffer | undefined {
  for (let at = HTTP2_PREFACE; at + 9 <= bytes.length;) {
    const length = bytes.readUIntBE(at, 3);
    if (bytes[at + 3] === 1) return bytes.subarray(at + 9, at + 9 + length);
    at += 9 + length;
  }
  return undefined;
}

/** Every attack, by its name. */
export const ATTACKS: Readonly<Record<string, Attack>> = {
  async mutation(arms) {
    const { bytes, tls } = mutated(arms);
    const peer = new Peer(arms, tls ? arms.ports.tls : arms.ports.tcp);
    await peer.say(bytes);
    await peer.leave();
  },
  async "mutation again"(arms) {
    await ATTACKS["mutation"]?.(arms);
  },
  async noise(arms) {
    const peer = new Peer(arms, arms.pick(4) === 0 ? arms.ports.tls : arms.ports.tcp);
    await peer.say(noise(arms.pick(3000), arms.pick));
    await peer.leave();
  },
  /** A byte now and then, until the server has had enough. */
  async "slow loris"(arms) {
    const { bytes, target } = oneOf(arms.conversations, arms.pick);
    const peer = new Peer(arms, arms.ports[target.at === "tls" ? "tls" : "tcp"]);
    for (let at = 0; at < bytes.length && !peer.socket.destroyed; at += 1) {
      peer.socket.write(bytes.subarray(at, at + 1));
      await peer.over(40 + arms.pick(100));
    }
    await peer.leave();
  },
  /** Half a conversation, and then not a word. */
  async silent(arms) {
    const { bytes, target } = oneOf(arms.conversations, arms.pick);
    const peer = new Peer(arms, arms.ports[target.at === "tls" ? "tls" : "tcp"]);
    await peer.say(bytes.subarray(0, arms.pick(3) === 0 ? 0 : arms.pick(bytes.length)));
    await peer.leave(arms.pick(12_000));
  },
  /** Asks again and again, and reads nothing. */
  async deaf(arms) {
    const { bytes } = oneOf(arms.conversations, arms.pick);
    const peer = new Peer(arms);
    peer.socket.pause();
    for (let n = arms.pick(300); n > 0 && !peer.socket.destroyed; n -= 1) {
      if (!peer.socket.write(bytes)) await peer.over(20);
      if (peer.socket.writableLength > 200_000) break;
    }
    await peer.over(arms.pick(1500));
    if (arms.pick(2) === 0) peer.socket.resetAndDestroy();
    else peer.socket.destroy();
    await peer.gone;
  },
  async "large headers"(arms) {
    const peer = new Peer(arms);
    await peer.say(arms.pick(2) === 0 ? headerFlood() : continuationFlood());
    await peer.leave();
  },
  /** Opens calls and takes them back at once (CVE-2023-44487). */
  async "rapid reset"(arms) {
    const { bytes } = oneOf(
      arms.conversations.filter(({ target }) => target.name === "grpc"),
      arms.pick,
    );
    const block = headersOf(bytes);
    if (block === undefined) throw new Error("The recorded conversation of gRPC has no HEADERS.");
    const peer = new Peer(arms);
    const frames = [preface()];
    for (let id = 1; id < 2 * (50 + arms.pick(1500)); id += 2) {
      frames.push(
        http2Frame({ type: 1, flags: 4, id }, block),
        http2Frame({ type: 3, flags: 0, id }, Buffer.from([0, 0, 0, 8])),
      );
    }
    await peer.say(Buffer.concat(frames));
    await peer.leave();
  },
};
