import { implement, type Implementation, RpcError, serve, type ServeOptions, type Server } from "callwire";
import { connect, type Socket } from "node:net";
import { onTestFinished } from "vitest";
import { EchoService } from "../../examples/quickstart/gen/echo_pb.js";
import { type Packet, packetsIn } from "./packets.js";
import { example } from "./echo.js";

/** A server at work until the running test ends. */
export interface Served {
  readonly server: Server;
  /** `HOST:PORT`. */
  readonly address: string;
  /** What its methods noted, in order. */
  readonly seen: string[];
  /** What it logged. */
  readonly logged: string[];
}

/**
 * Serves `echo.v1.EchoService` and brpc's example: `fail` fails with details and trailers, `own` with a number of its own, `hang` waits to be given up,
 * `meta` says what header fields came, `attached` answers with an attachment.
 */
export async function served(options: ServeOptions = {}, services?: readonly Implementation[]): Promise<Served> {
  const seen: string[] = [];
  const logged: string[] = [];
  const echo = implement(EchoService, {
    async echo({ text, payload }, call) {
      if (text === "hang") {
        seen.push("hangs");
        await new Promise<void>((resolve) => {
          call.signal.addEventListener("abort", () => resolve());
        });
        seen.push((call.signal.reason as RpcError).code); // as Call promises
      }
      if (text === "fail") {
        call.responseTrailers.set("x-end", "failed");
        throw new RpcError("not_found", "No such ü.", { details: [{ a: 1 }] });
      }
      if (text === "own") throw new RpcError("unknown", "Mine.", { details: [{ baidu: { code: 4711 } }] });
      if (text === "attached") {
        call.attachment = new Uint8Array([...(call.attachment ?? []), 9]);
        return { text: String(call.attachment?.length ?? 0) };
      }
      if (text === "meta") {
        call.responseHeaders.set("x-head", call.headers.get("x-asked") ?? "");
        call.responseTrailers.set("x-end", "yes");
        return { text: JSON.stringify({ ...Object.fromEntries(call.headers), timed: call.timeoutMs() !== undefined }) };
      }
      return { text, payload };
    },
    async *count({ to }) {
      for (let n = 1; n <= to; n += 1) yield { n };
    },
    async sum(numbers) {
      let sum = 0n;
      for await (const { n } of numbers) sum += n;
      return { sum };
    },
    async *chat(messages) {
      for await (const { text } of messages) {
        if (text === "fail") throw new RpcError("aborted", "That is enough.");
        yield { text };
      }
      seen.push("chat ended");
    },
  });
  const server = await serve(services ?? [echo, example()], {
    listen: ["tcp://127.0.0.1:0"],
    log: (line) => logged.push(line),
    ...options,
  });
  onTestFinished(async () => {
    await server.stop({ graceMs: 0 });
    const failures = logged.filter((line) => line.includes("callwire itself"));
    if (failures.length > 0) throw new Error(failures.join("\n"));
  });
  return { server, address: (server.addresses[0] ?? "").slice("tcp://".length), seen, logged };
}

/** A socket by hand, and the packets that came by it. */
export class RawPeer {
  readonly socket: Socket;
  /** Resolves when the other end has closed the connection. */
  readonly closed: Promise<void>;
  #held: Buffer = Buffer.alloc(0);
  readonly #packets: Packet[] = [];
  #wake: (() => void) | undefined = undefined;

  constructor(socket: Socket) {
    this.socket = socket;
    onTestFinished(() => void socket.destroy());
    socket.on("error", () => {});
    this.closed = new Promise((resolve) => {
      socket.once("close", () => resolve());
    });
    socket.on("data", (chunk) => {
      const { packets, used } = packetsIn((this.#held = Buffer.concat([this.#held, chunk])));
      this.#held = this.#held.subarray(used);
      this.#packets.push(...packets);
      this.#wake?.();
    });
    socket.once("close", () => this.#wake?.());
  }

  /** Connects to a server. */
  static to(address: string): RawPeer {
    const [host, port] = address.split(":");
    return new RawPeer(connect({ host: host ?? "", port: Number(port), noDelay: true }));
  }

  send(...pieces: readonly Uint8Array[]): void {
    for (const piece of pieces) this.socket.write(piece);
  }

  /** The next packet that came. Rejects where the connection ends before. */
  async next(): Promise<Packet> {
    for (;;) {
      const packet = this.#packets.shift();
      if (packet !== undefined) return packet;
      if (this.socket.destroyed) throw new Error("The connection has ended.");
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async some(count: number): Promise<readonly Packet[]> {
    const packets: Packet[] = [];
    while (packets.length < count) packets.push(await this.next());
    return packets;
  }
}
