import { onTestFinished } from "vitest";
import { dial, listenOn } from "../../src/link/carriers.js";
import { Attachment } from "../../src/link/attach.js";
import { Connections } from "../../src/link/connections.js";
import { newCounters } from "../../src/link/counters.js";
import type { Receiver } from "../../src/transports/connection.js";
import { Http2ClientSession } from "../../src/transports/http2/http2-client-session.js";
import { Http2ServerSession } from "../../src/transports/http2/http2-server-session.js";
import type { HttpServe } from "../../src/wires/http.js";
import { DEFAULT_LIMITS } from "../../src/wires/limits.js";
import type { Limits, ServerWire } from "../../src/wires/wire.js";

/** A server of HTTP/2 at work, until the running test ends. */
export interface Served {
  readonly port: number;
  readonly logged: string[];
  readonly connections: Connections;
}

/** Serves HTTP/2 on a free port. */
export async function served(serve: HttpServe, limits: Partial<Limits> = {}): Promise<Served> {
  const logged: string[] = [];
  const wire: ServerWire = {
    name: "http2",
    detect: () => "mine",
    server: (outlet, _dispatch, options) => new Http2ServerSession(outlet, serve, options),
  };
  const connections = new Connections(
    {
      wires: [wire],
      dispatch: () => {
        throw new Error("Nothing is dispatched here.");
      },
      limits: { ...DEFAULT_LIMITS, ...limits },
      counters: newCounters(),
      log: (line) => logged.push(line),
      firstByteTimeoutMs: 10_000,
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
  return { port: Number(new URL(listening.address).port), logged, connections };
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
