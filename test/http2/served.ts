import { onTestFinished } from "vitest";
import { dial, listenOn } from "../../src/link/carriers.js";
import { Attachment, SWEEP_MS } from "../../src/link/attach.js";
import { Connections } from "../../src/link/connections.js";
import { type LinkCounters, newCounters } from "../../src/link/counters.js";
import type { Connection, Receiver } from "../../src/transports/connection.js";
import { Http2ClientSession } from "../../src/transports/http2/http2-client-session.js";
import { memoryPair } from "../../src/transports/memory.js";
import { Http2ServerSession } from "../../src/transports/http2/http2-server-session.js";
import type { Http2Limits } from "../../src/transports/http2/http2-limits.js";
import type { HttpServe } from "../../src/wires/http.js";
import { DEFAULT_LIMITS } from "../../src/wires/limits.js";
import type { Limits, ServerKeepalive, ServerWire } from "../../src/wires/wire.js";

/** A server of HTTP/2 at work, until the running test ends. */
export interface Served {
  readonly port: number;
  readonly logged: string[];
  readonly connections: Connections;
  readonly counters: LinkCounters;
}

/** Serves HTTP/2 on a free port. */
export async function served(
  serve: HttpServe,
  limits: Partial<Limits> = {},
  http2: Partial<Http2Limits> = {},
): Promise<Served> {
  const logged: string[] = [];
  const counters = newCounters();
  const wire: ServerWire = {
    name: "http2",
    detect: () => "mine",
    server: (outlet, _dispatch, options) => new Http2ServerSession(outlet, serve, { ...options, http2 }),
  };
  const connections = new Connections(
    {
      wires: [wire],
      dispatch: () => {
        throw new Error("Nothing is dispatched here.");
      },
      limits: { ...DEFAULT_LIMITS, ...limits },
      counters,
      log: (line) => logged.push(line),
      detectTimeoutMs: 10_000,
      idleTimeoutMs: 3_600_000,
    },
    { maxActive: 1000, maxWaiting: 0 },
  );
  const listening = await listenOn("tcp://127.0.0.1:0", connections.add);
  onTestFinished(async () => {
    await listening.close();
    await connections.stop(0);
    const failures = logged.filter((line) => line.includes("callwire itself"));
    if (failures.length > 0) throw new Error(failures.join("\n"));
  });
  return { port: Number(new URL(listening.address).port), logged, connections, counters };
}

/** One connection in memory, whose time passes when told to. */
export interface Quiet {
  /** The far end, which nobody reads or writes but the test. */
  readonly far: Connection;
  readonly session: Http2ServerSession;
  readonly attachment: Attachment;
  readonly counters: LinkCounters;
  /** Lets so many milliseconds pass, in steps. */
  readonly pass: (ms: number) => void;
}

/** Serves one connection in memory. */
export function quiet(
  serve: HttpServe,
  limits: Partial<Limits> = {},
  { keepalive, ...http2 }: Partial<Http2Limits> & { keepalive?: ServerKeepalive } = {},
): Quiet {
  const [far, near] = memoryPair();
  const counters = newCounters();
  let session: Http2ServerSession | undefined;
  const attachment = new Attachment(near, {
    counters,
    log: () => {},
    holdReading: true,
    holdProcess: false,
    open: (outlet) =>
      (session = new Http2ServerSession(outlet, serve, { limits: { ...DEFAULT_LIMITS, ...limits }, http2, keepalive })),
    closed: () => {},
  });
  near.start(attachment);
  onTestFinished(() => near.destroy());
  if (session === undefined) throw new Error("No session was made.");
  return {
    far,
    session,
    attachment,
    counters,
    pass: (ms) => {
      for (let passed = 0; passed < ms; passed += SWEEP_MS) attachment.tick();
    },
  };
}

/** Connects a client session to a port, until the running test ends. */
export async function connected(port: number, limits: Partial<Limits> = {}): Promise<Http2ClientSession> {
  return await new Promise((resolve, reject) => {
    let receiver: Receiver | undefined;
    const connection = dial(`tcp://127.0.0.1:${port}`, () => {
      let session: Http2ClientSession | undefined;
      receiver = new Attachment(connection, {
        counters: newCounters(),
        log: () => {},
        holdReading: false,
        holdProcess: true,
        open: (outlet) => {
          session = new Http2ClientSession(outlet, {
            limits: { ...DEFAULT_LIMITS, ...limits },
            http: { authority: `127.0.0.1:${port}`, path: "", fields: [] },
          });
          return Object.assign(session, { dispatch: () => notCalled() });
        },
        closed: () => {},
      });
      if (session !== undefined) resolve(session);
    });
    onTestFinished(() => connection.destroy());
    connection.start({
      data: (chunk) => receiver?.data(chunk),
      end: () => receiver?.end(),
      drain: () => receiver?.drain(),
      close: (error) => {
        receiver?.close(error);
        reject(error ?? new Error("closed"));
      },
    });
  });
}

function notCalled(): never {
  throw new Error("Nothing is dispatched here.");
}
