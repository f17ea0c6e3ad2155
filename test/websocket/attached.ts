import { onTestFinished } from "vitest";
import { Attachment } from "../../src/link/attach.js";
import { newCounters } from "../../src/link/counters.js";
import type { Connection } from "../../src/transports/connection.js";
import { memoryPair } from "../../src/transports/memory.js";
import { WebSocketServerSession } from "../../src/transports/websocket/websocket-server-session.js";
import { DEFAULT_LIMITS } from "../../src/wires/limits.js";
import type { Limits, Outlet, Session } from "../../src/wires/wire.js";
import { EchoSession } from "./echo-session.js";
import { framesIn, type Heard } from "./frames.js";

/** A connection with a session, and what came of it. */
export interface Attached {
  readonly attachment: Attachment;
  readonly log: string[];
  /** The connection is gone. */
  readonly closed: Promise<Error | undefined>;
}

/** Puts a session on a connection that is open; `start` is for the caller. */
export function attach(connection: Connection, open: (outlet: Outlet) => Session, end: "client" | "server"): Attached {
  const log: string[] = [];
  let told: (error: Error | undefined) => void = () => {};
  const closed = new Promise<Error | undefined>((resolve) => {
    told = resolve;
  });
  const attachment = new Attachment(connection, {
    counters: newCounters(),
    log: (message) => log.push(message),
    holdReading: end === "server",
    holdProcess: end === "client",
    open,
    closed: (_attachment, error) => told(error),
  });
  onTestFinished(() => connection.destroy());
  return { attachment, log, closed };
}

/** A server of echoes at one end of a connection in memory, and a client that is a person with bytes at the other. */
export interface Conversation extends Attached {
  readonly inner: EchoSession;
  readonly write: (bytes: Uint8Array) => void;
  /** Says that nothing follows. */
  readonly end: () => void;
  /** What has been heard by now. */
  readonly heard: () => Heard[];
  /** What was heard to the end, when the server has ended the connection. */
  readonly all: Promise<Heard[]>;
}

/** Begins a conversation after the handshake. */
export function converse(chunkBytes = 65_536, limits: Limits = DEFAULT_LIMITS): Conversation {
  const [near, far] = memoryPair({ chunkBytes });
  let inner: EchoSession | undefined;
  const make = (outlet: Outlet): Session => (inner = new EchoSession(outlet));
  const attached = attach(far, (outlet) => new WebSocketServerSession(outlet, make, { limits }), "server");
  far.start(attached.attachment);
  if (inner === undefined) throw new Error("The session was not made.");
  const chunks: Uint8Array[] = [];
  let ended: (heard: Heard[]) => void = () => {};
  const all = new Promise<Heard[]>((resolve) => {
    ended = resolve;
  });
  near.start({
    data: (chunk) => chunks.push(new Uint8Array(chunk)),
    end: () => {
      ended(framesIn(Buffer.concat(chunks)));
      near.end();
    },
    drain: () => {},
    close: () => ended(framesIn(Buffer.concat(chunks))),
  });
  return {
    ...attached,
    inner,
    write: (bytes) => void near.write(bytes),
    end: () => near.end(),
    heard: () => framesIn(Buffer.concat(chunks)),
    all,
  };
}

/** Lets what is under way in memory arrive. */
export async function settled(turns = 6): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1)
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
}
