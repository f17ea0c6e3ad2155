import { once } from "node:events";
import { connect, type Socket } from "node:net";
import type { OpenClient } from "../peer.js";
import { FrameReader, packFrames } from "./frames.js";

interface Answer {
  id: number;
  result?: unknown;
  error?: unknown;
}

interface Waiting {
  resolve: (result: unknown) => void;
  reject: (reason: Error) => void;
}

/**
 * The client a person would write by hand on `net` for this protocol. The requests of one turn of the event loop leave in one
 * write; answers find their promise by id, in any order.
 */
class BareClient {
  readonly #socket: Socket;
  readonly #waiting = new Map<number, Waiting>();
  #texts: string[] = [];
  #lastId = 0;

  constructor(socket: Socket) {
    this.#socket = socket;
    const frames = new FrameReader<Answer>((answer) => this.#settle(answer));
    socket.on("data", (chunk: Buffer) => {
      try {
        frames.read(chunk);
      } catch {
        socket.destroy();
      }
    });
    socket.on("error", () => {}); // "close" follows
    socket.on("close", () => {
      for (const { reject } of this.#waiting.values()) reject(new Error("The connection was closed."));
      this.#waiting.clear();
    });
  }

  call(method: string, params: unknown): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const id = ++this.#lastId;
      this.#waiting.set(id, { resolve, reject });
      if (this.#texts.length === 0) process.nextTick(() => this.#flush());
      this.#texts.push(JSON.stringify({ in: method, id, params }));
    });
  }

  #flush(): void {
    this.#socket.write(packFrames(this.#texts));
    this.#texts = [];
  }

  #settle({ id, result, error }: Answer): void {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return; // not a call of ours
    this.#waiting.delete(id);
    if (error === undefined) waiting.resolve(result);
    else waiting.reject(new Error(JSON.stringify(error)));
  }
}

/** Opens a hand-written client with one connection. */
export const open: OpenClient = async (address) => {
  const { hostname, port } = new URL(address);
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  await once(socket, "connect");
  const client = new BareClient(socket);
  return { echo: (payload) => client.call("echo", payload) };
};
