import { mkdtempSync, rmSync } from "node:fs";
import { connect as dialSocket, createServer, type AddressInfo, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { Attachment } from "../../src/link/attach.js";
import { dial, listenOn } from "../../src/link/carriers.js";
import { type Admission, Connections, type Host } from "../../src/link/connections.js";
import { newCounters } from "../../src/link/counters.js";
import { Pool } from "../../src/link/pool.js";
import type { Connection, Receiver } from "../../src/transports/connection.js";
import { memoryPair } from "../../src/transports/memory.js";
import { tlsDial } from "../../src/link/tls-dial.js";
import { pair, pem } from "../tls/pem.js";
import { serve, type ServeOptions } from "../../src/server.js";
import { DEFAULT_LIMITS } from "../../src/wires/limits.js";
import type { ClientSession, ClientWire, Limits, Wire } from "../../src/wires/wire.js";
import type { Dispatch } from "../../src/call/sink.js";
import type { Open, World } from "../wirekit/world.js";

/** What a server of one wire needs beside its Dispatch; the log is thrown away unless asked for. */
function hostOf(wire: Wire, dispatch: Dispatch, parts: Partial<Host> = {}): Host {
  return {
    wires: [wire],
    dispatch,
    limits: DEFAULT_LIMITS,
    counters: newCounters(),
    log: () => {},
    detectTimeoutMs: 10_000,
    idleTimeoutMs: 3_600_000,
    ...parts,
  };
}

const MANY: Admission = { maxActive: 1000, maxWaiting: 0 };

/** A client session of a wire on a connection that is open, or will be when `opened` is called. */
function sessionOn(
  connection: Connection,
  wire: Wire,
  limits: Limits = DEFAULT_LIMITS,
): { session: ClientSession; receiver: Receiver } {
  let session: ClientSession | undefined;
  const receiver = new Attachment(connection, {
    counters: newCounters(),
    log: () => {},
    holdReading: false,
    holdProcess: true,
    open: (outlet) => (session = wire.client(outlet, { limits, peer: { address: connection.address } })),
    closed: () => {},
  });
  if (session === undefined) throw new Error("A client makes its session at once.");
  return { session, receiver };
}

/** Two ends in memory with a wire between them, cut into chunks. */
export function overMemory(wire: Wire, chunkBytes: number): Open {
  return ({ dispatch }) => {
    const [near, far] = memoryPair({ chunkBytes });
    const connections = new Connections(hostOf(wire, dispatch), MANY);
    connections.add(far);
    const { session, receiver } = sessionOn(near, wire);
    near.start(receiver);
    return {
      dispatch: session.dispatch,
      sever: () => near.destroy(),
      close: async () => {
        near.destroy();
        await connections.stop(0);
      },
    };
  };
}

/** One connection over a socket, with what arrives at either end cut into chunks. */
export function overSocket(wire: Wire, place: () => string, chunkBytes: number): Open {
  return async ({ dispatch }) => {
    const connections = new Connections(hostOf(wire, dispatch), MANY);
    const accepted: Connection[] = [];
    const listening = await listenOn(place(), (connection) => {
      accepted.push(connection);
      connections.add(rechunked(connection, chunkBytes));
    });
    const { near, session } = await dialled(listening.address, wire, chunkBytes);
    return {
      dispatch: session.dispatch,
      sever: () => {
        for (const connection of [near, ...accepted]) connection.destroy();
      },
      close: async () => {
        near.destroy();
        await listening.close();
        await connections.stop(0);
      },
    };
  };
}

/** Connects, and makes a client session of it. */
export async function dialled(
  url: string,
  wire: Wire,
  chunkBytes: number = Number.POSITIVE_INFINITY,
): Promise<{ near: Connection; session: ClientSession }> {
  return await new Promise((resolve, reject) => {
    let receiver: Receiver | undefined;
    const near = rechunked(
      dial(url, () => {
        const made = sessionOn(near, wire);
        receiver = made.receiver;
        resolve({ near, session: made.session });
      }),
      chunkBytes,
    );
    near.start({
      data: (chunk) => receiver?.data(chunk),
      end: () => receiver?.end(),
      drain: () => receiver?.drain(),
      close: (error) => {
        receiver?.close(error);
        reject(error ?? new Error("The connection was closed."));
      },
    });
  });
}

/**
 * The composition that users have: `serve`, and the pool behind `connect`, with a network between them that can be cut. At a place of TLS,
 * `protocols` are what the client offers.
 */
export function composed(
  wire: ClientWire,
  place: () => string,
  { protocols = [], ...options }: Partial<ServeOptions> & { readonly protocols?: readonly string[] } = {},
): Open {
  return async ({ services, interceptors }): Promise<World> => {
    const listen = place();
    const secure = listen.startsWith("tls:");
    const server = await serve(services, {
      listen: [listen],
      interceptors,
      log: () => {},
      ...(secure ? { tls: pair("server") } : {}),
      ...options,
    });
    const [address = ""] = server.addresses;
    return await reached(wire, address, { protocols, stop: () => server.stop({ graceMs: 0 }) });
  };
}

/** The pool behind `connect`, to a server that is there, with a network between them that can be cut. */
export async function reached(
  wire: ClientWire,
  address: string,
  { protocols = [], stop }: { readonly protocols?: readonly string[]; readonly stop: () => Promise<void> },
): Promise<World> {
  const secure = address.startsWith("tls:");
  const network = await networkTo(address);
  const pool = new Pool(
    {
      wire,
      url: secure ? network.address.replace("tcp:", "tls:") : network.address,
      dial: secure ? { load: async () => tlsDial({ ca: pem("ca.pem") }, protocols) } : undefined,
      session: { limits: DEFAULT_LIMITS },
      connectTimeoutMs: 5000,
      idleTimeoutMs: 900_000,
      counters: newCounters(),
      log: () => {},
    },
    wire.shares === "none" ? 16 : 1,
  );
  return {
    dispatch: pool.dispatch,
    // A server of TLS that is about to send its first session tickets takes a reset for an end.
    sever: secure ? (): unknown => setImmediate(network.sever) : network.sever,
    close: async () => {
      await pool.close();
      await network.close();
      await stop();
    },
  };
}

/** The path of a socket file in a folder of the running test's own. */
export function socketPlace(): string {
  const folder = mkdtempSync(join(tmpdir(), "callwire-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return `unix://${join(folder, "s")}`;
}

/** Delivers what a connection receives in chunks of so many bytes, at first; a long way in they get larger, for the sake of time. */
function rechunked(connection: Connection, chunkBytes: number): Connection {
  if (!Number.isFinite(chunkBytes)) return connection;
  let total = 0;
  let closed = false;
  const cut = (receiver: Receiver, chunk: Uint8Array): void => {
    for (let at = 0; at < chunk.length && !closed;) {
      const size = total < 65_536 ? chunkBytes : Math.max(chunkBytes, 1021);
      // The buffer is the transport's again when this returns: nobody may keep a view of it.
      const lent = new Uint8Array(chunk.subarray(at, at + size));
      at += size;
      total += size;
      receiver.data(lent);
      lent.fill(0xaa);
    }
  };
  return {
    address: connection.address,
    get pending() {
      return connection.pending;
    },
    start(receiver) {
      connection.start({
        data: (chunk) => cut(receiver, chunk),
        end: () => receiver.end(),
        drain: () => receiver.drain(),
        close: (error) => {
          closed = true;
          receiver.close(error);
        },
      });
    },
    write: (bytes) => connection.write(bytes),
    pause: () => connection.pause(),
    resume: () => connection.resume(),
    hold: (live) => connection.hold(live),
    end: () => connection.end(),
    destroy: (error) => {
      closed = true;
      connection.destroy(error);
    },
  };
}

/** A relay of bytes before a server, whose connections can be reset at both ends. */
export async function networkTo(
  target: string,
): Promise<{ address: string; sever: () => void; close: () => Promise<void> }> {
  const sockets = new Set<Socket>();
  const to = target.startsWith("unix://")
    ? { path: target.slice(7) }
    : { host: new URL(target).hostname, port: Number(new URL(target).port) };
  const relay = createServer({ allowHalfOpen: true, noDelay: true }, (one) => {
    const other = dialSocket({ ...to, allowHalfOpen: true, noDelay: true });
    for (const socket of [one, other]) {
      sockets.add(socket);
      socket.on("close", () => sockets.delete(socket));
    }
    // A reset of one end is a reset of the other: it is how a caller over HTTP gives up.
    const passOn = (far: Socket) => (): void => {
      if (!("path" in to)) Object.assign(far, { resetAndClosing: true });
      far.destroy();
    };
    one.on("error", passOn(other));
    other.on("error", passOn(one));
    // A reset right behind the last bytes is read as a goodbye of somebody whom the system knows no more.
    for (const [near, far] of [
      [one, other],
      [other, one],
    ] as const)
      near.on("end", () => {
        if (near.remoteAddress === undefined && near.localAddress !== undefined) passOn(far)();
      });
    one.on("close", () => other.destroy());
    other.on("close", () => one.destroy());
    one.pipe(other);
    other.pipe(one);
  });
  await new Promise<void>((resolve) => {
    relay.listen(0, "127.0.0.1", resolve);
  });
  // A TCP server's address is an AddressInfo.
  const { port } = relay.address() as AddressInfo;
  return {
    address: `tcp://127.0.0.1:${port}`,
    sever: () => {
      for (const socket of sockets) {
        // resetAndDestroy() says goodbye first, which may be heard before the reset; this, which it sets itself, does not.
        if (!("path" in to)) Object.assign(socket, { resetAndClosing: true });
        socket.destroy();
      }
    },
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        relay.close(() => resolve());
      }),
  };
}
