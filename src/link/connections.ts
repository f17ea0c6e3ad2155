import type { Dispatch } from "../call/sink.js";
import type { Connection } from "../transports/connection.js";
import { detectTls } from "../transports/detect-tls.js";
import type { TlsTerminator } from "../transports/tls-terminator.js";
import { detect } from "../wires/detect.js";
import type { Limits, Outlet, ServerWire, Session, SessionOptions } from "../wires/wire.js";
import { Attachment, SWEEP_MS } from "./attach.js";
import type { LinkCounters } from "./counters.js";
import type { ServerEntry } from "./later.js";

/** What accepted connections are served with. */
export interface Host {
  readonly wires: readonly ServerEntry[];
  readonly dispatch: Dispatch;
  readonly limits: Limits;
  /** What else sessions are told. */
  readonly session?: Omit<SessionOptions, "limits" | "peer"> | undefined;
  /** Speaks TLS with those who do; undefined: nobody can. */
  readonly tls?: TlsTerminator | undefined;
  readonly counters: LinkCounters;
  readonly log: (message: string) => void;
  /** A connection that says nothing at all for so long is closed; undefined: as long as its place is not needed. */
  readonly firstByteTimeoutMs?: number | undefined;
  /** A connection that has begun, and not shown what it speaks after so long, is closed. */
  readonly detectTimeoutMs: number;
  /** Told when a connection has ended. */
  readonly closed?: () => void;
  /** A connection without calls that says nothing for so long is closed. */
  readonly idleTimeoutMs: number;
  /** A connection that is so old takes no more calls; undefined: they live on. */
  readonly maxAgeMs?: number | undefined;
  /** Its open calls may go on for so long. */
  readonly maxAgeGraceMs?: number | undefined;
}

/** How many connections are served, and wait, at once. */
export interface Admission {
  readonly maxActive: number;
  /** Connections that are accepted but not read until another closes; more are refused. */
  readonly maxWaiting: number;
}

/** Of connections that are to leave, one that has been silent for so many sweeps, and has no calls, is ended. */
const LEAVING_TICKS = 2;
/** The longest wait that a timer can hold (2³¹ − 1 ms, 24.8 days). */
const LONGEST_MS = 2_147_483_647;

/**
 * Clients keep spare connections without a byte, Go's and browsers among them: one of many holds little, and may be silent for long. Where connections are
 * served one at a time, a silent one keeps the others waiting.
 */
function silenceMs({ maxActive }: Admission): number {
  return maxActive === 1 ? 10_000 : 60_000;
}

/** The connections of a server: admits them, watches over them, and ends them all. */
export class Connections {
  readonly #host: Host;
  readonly #admission: Admission;
  readonly #active: Set<Attachment> = new Set();
  /** When connections are to be retired, where there is a limit to their age; later, when they are cut. */
  readonly #due: Map<Attachment, { at: number; retired: boolean }> = new Map();
  readonly #waiting: Connection[] = [];
  /** Wires whose code has been loaded. */
  readonly #loaded: Map<ServerEntry, ServerWire> = new Map();
  readonly #sweeper: NodeJS.Timeout;
  readonly #emptied: (() => void)[] = [];
  #leaving = false;
  #stopping = false;

  constructor(host: Host, admission: Admission) {
    this.#host = host;
    this.#admission = admission;
    const limits = {
      firstTicks: Math.ceil((host.firstByteTimeoutMs ?? silenceMs(admission)) / SWEEP_MS),
      detectTicks: Math.ceil(host.detectTimeoutMs / SWEEP_MS),
      idleTicks: Math.ceil(host.idleTimeoutMs / SWEEP_MS),
    };
    this.#sweeper = setInterval(() => {
      const now = this.#leaving ? { ...limits, idleTicks: Math.min(LEAVING_TICKS, limits.idleTicks) } : limits;
      for (const attachment of this.#active) attachment.sweep(now);
      if (host.maxAgeMs !== undefined) this.#retireOld(host.maxAgeGraceMs ?? 0);
    }, SWEEP_MS).unref();
  }

  /** Takes over an accepted connection: serves it, lets it wait, or refuses it. */
  readonly add = (connection: Connection): void => {
    const { counters, log } = this.#host;
    counters.connections += 1;
    if (this.#stopping) connection.destroy();
    else if (this.#active.size < this.#admission.maxActive) this.#attach(connection);
    else if (this.#waiting.length < this.#admission.maxWaiting) this.#waiting.push(connection);
    else {
      counters.refused += 1;
      log(`Refused ${connection.address}: ${this.#active.size} connections are open and ${this.#waiting.length} wait.`);
      connection.destroy();
    }
  };

  /** Lets connections live on until their peers close them, or leave them without calls for a second. Resolves when none is left. */
  async leave(): Promise<void> {
    this.#leaving = true;
    if (this.#active.size > 0) await this.#empty();
    if (!this.#stopping) clearInterval(this.#sweeper);
  }

  /**
   * Ends all connections: calls that have come are answered, later ones refused. Always resolves: what is still open after `graceMs` is cut.
   */
  async stop(graceMs: number): Promise<void> {
    this.#stopping = true;
    for (const connection of this.#waiting.splice(0)) connection.destroy();
    // Requests that have reached this machine are read in the turns that are due.
    await turn();
    await turn();
    for (const attachment of this.#active) attachment.retire();
    if (this.#active.size > 0) {
      const emptied = this.#empty();
      const cut = setTimeout(
        () => {
          for (const attachment of this.#active) attachment.destroy("The server has stopped.");
        },
        Math.min(graceMs, LONGEST_MS),
      );
      await emptied;
      clearTimeout(cut);
    }
    clearInterval(this.#sweeper);
  }

  #empty(): Promise<void> {
    return new Promise((resolve) => {
      this.#emptied.push(resolve);
    });
  }

  #attach(connection: Connection): void {
    const { counters, log, tls } = this.#host;
    counters.open += 1;
    const attachment: Attachment = new Attachment(connection, {
      counters,
      log,
      holdReading: true,
      holdProcess: false,
      open: (outlet, first) => (first.length === 0 ? "more" : this.#open(attachment, outlet, first)),
      ...(tls === undefined
        ? {}
        : { secure: (from, first, ready) => tls.secure(from.connection, first, { receiver: from, ready }) }),
      closed: (closed) => this.#closed(closed),
    });
    this.#active.add(attachment);
    const { maxAgeMs } = this.#host;
    // A tenth more or less, so that connections made together do not end together.
    if (maxAgeMs !== undefined) {
      this.#due.set(attachment, { at: performance.now() + maxAgeMs * (0.9 + 0.2 * Math.random()), retired: false });
    }
    connection.start(attachment);
  }

  /** Makes the session that a connection's first bytes ask for; `later` where its code has to be loaded first. */
  #open(attachment: Attachment, outlet: Outlet, first: Uint8Array): Session | "more" | "later" | "tls" | undefined {
    const { wires, dispatch, limits, session } = this.#host;
    const { address, certificate } = attachment.connection;
    const secured = this.#secured(attachment.connection, first);
    if (secured !== "plain") return secured;
    const found = detect(first, wires, limits);
    if (typeof found !== "object") return found;
    const wire = "server" in found ? found : this.#loaded.get(found);
    const peer = { address, certificate };
    if (wire !== undefined) return wire.server(outlet, dispatch, { ...session, limits, peer });
    if (!("load" in found)) return undefined;
    found.load().then(
      (loaded) => {
        this.#loaded.set(found, loaded);
        attachment.again();
      },
      (error: unknown) => {
        this.#host.log(`Cannot load the wire ${found.name}: ${String(error)}`);
        attachment.destroy(`The wire ${found.name} cannot be loaded.`);
      },
    );
    return "later";
  }

  /** What a connection's first bytes say of TLS; `plain`: nothing more, it goes without or has it already. */
  #secured(connection: Connection, first: Uint8Array): "tls" | "more" | "plain" | undefined {
    const { tls, log } = this.#host;
    if (connection.encrypted === true) return "plain";
    const verdict = detectTls(first);
    if (verdict === "mine" && tls !== undefined) return "tls";
    if (verdict === "mine")
      log(`${connection.address} speaks TLS, and this server has no certificate: give it \`tls\`.`);
    if (verdict === "more") return "more";
    if (!connection.address.startsWith("tls:")) return "plain";
    if (verdict === "other") log(`${connection.address} does not speak TLS, and came where only TLS is spoken.`);
    return undefined;
  }

  #retireOld(graceMs: number): void {
    const now = performance.now();
    for (const [attachment, due] of this.#due) {
      if (due.at > now) continue;
      if (due.retired) attachment.destroy("The connection was too old.");
      else {
        attachment.retire("max_age");
        due.retired = true;
        due.at = now + graceMs;
      }
    }
  }

  #closed(attachment: Attachment): void {
    this.#active.delete(attachment);
    this.#due.delete(attachment);
    this.#host.counters.open -= 1;
    this.#host.closed?.();
    const next = this.#stopping ? undefined : this.#waiting.shift();
    if (next !== undefined) this.#attach(next);
    if (this.#active.size === 0) for (const resolve of this.#emptied.splice(0)) resolve();
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
