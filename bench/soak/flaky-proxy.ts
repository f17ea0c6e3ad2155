import { connect, createServer, type Server, type Socket } from "node:net";
import { once } from "node:events";
import { oneOf, type Pick } from "./random.js";

/** What becomes of a connection: after so many bytes, either way, it ends like this. */
const FATES = ["reset", "close", "stall", "half", "none", "none"] as const;

type Fate = (typeof FATES)[number];

/** How a proxy treats connections. */
export interface Flakiness {
  /** Where it passes them on to. */
  readonly port: number;
  readonly pick: Pick;
  /** Heard of what clients say. */
  readonly heard?: (chunk: Buffer) => void;
  /** Passes on everything, at once. */
  readonly faithful?: boolean;
}

/** What stands between clients and the server: it cuts what passes into pieces, is slow, and loses connections in every way that there is. */
export class FlakyProxy {
  readonly #server: Server;
  readonly #how: Flakiness;
  readonly #sockets: Set<Socket> = new Set();

  private constructor(server: Server, how: Flakiness) {
    this.#server = server;
    this.#how = how;
    server.on("connection", (socket) => this.#take(socket));
  }

  static async start(how: Flakiness): Promise<FlakyProxy> {
    const server = createServer({ allowHalfOpen: true });
    const proxy = new FlakyProxy(server, how);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return proxy;
  }

  /** `127.0.0.1:PORT` */
  get place(): string {
    const bound = this.#server.address();
    if (typeof bound !== "object" || bound === null) throw new Error("The proxy does not listen.");
    return `127.0.0.1:${bound.port}`;
  }

  /** Ends it, and all that passes through it. */
  async stop(): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #take(client: Socket): void {
    const { port, pick, heard, faithful = false } = this.#how;
    const server = connect({ port, host: "127.0.0.1", allowHalfOpen: true, noDelay: true });
    client.setNoDelay(true);
    const pair = { client, server };
    const fate = faithful ? "none" : oneOf(FATES, pick);
    const life: Life = {
      fate,
      left: fate === "none" ? Number.POSITIVE_INFINITY : 1 + pick(pick(2) === 0 ? 600 : 300_000),
      pieces: !faithful && pick(3) === 0 ? 1 + pick(200) : 0,
      slowMs: !faithful && pick(4) === 0 ? pick(15) : 0,
    };
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => {
        this.#sockets.delete(socket);
        client.destroy();
        server.destroy();
      });
    }
    if (heard !== undefined) client.on("data", heard);
    pass(client, server, { life, pair });
    pass(server, client, { life, pair });
  }
}

interface Life {
  readonly fate: Fate;
  /** Bytes that still pass. */
  left: number;
  /** What comes is cut into pieces of so many bytes; 0: not at all. */
  readonly pieces: number;
  readonly slowMs: number;
}

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
}

/** Passes on what one says to the other, until their fate has come. */
function pass(from: Socket, to: Socket, { life, pair }: { readonly life: Life; readonly pair: Pair }): void {
  from.on("data", (chunk) => {
    from.pause();
    void passed(chunk, { to, life, pair }).then(() => from.resume());
  });
  from.on("end", () => {
    if (life.left > 0) to.end();
  });
}

async function passed(
  chunk: Buffer,
  way: { readonly to: Socket; readonly life: Life; readonly pair: Pair },
): Promise<void> {
  const { to, life, pair } = way;
  const step = life.pieces === 0 || chunk.length > 5000 ? chunk.length : life.pieces;
  for (let at = 0; at < chunk.length; at += step) {
    if (life.left <= 0 || to.destroyed) return;
    if (life.slowMs > 0) await new Promise((resolve) => setTimeout(resolve, life.slowMs));
    const piece = chunk.subarray(at, Math.min(at + step, at + life.left));
    life.left -= piece.length;
    if (!to.write(piece)) await roomOrEnd(to);
    if (life.left <= 0) meet(life.fate, pair);
    else if (step < chunk.length) await new Promise(setImmediate);
  }
}

function roomOrEnd(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      socket.off("drain", done);
      socket.off("close", done);
      resolve();
    };
    socket.on("drain", done);
    socket.on("close", done);
  });
}

function meet(fate: Fate, { client, server }: Pair): void {
  if (fate === "reset") {
    client.resetAndDestroy();
    server.resetAndDestroy();
  } else if (fate === "close") {
    client.destroy();
    server.destroy();
  } else if (fate === "half") server.end(); // the server hears that the client has said everything
  // stall: nothing passes any more, and nobody is told.
}
