import type { CallHead, Dispatch, Sink } from "../call/sink.js";
import type { Status } from "../call/status.js";
import type { ClientSession, ClientWire, SessionOptions } from "../wires/wire.js";
import { backoffMs } from "./backoff.js";
import { type Dial, dial } from "./carriers.js";
import { ClientConnection, type ConnectionOwner } from "./client-connection.js";
import type { LinkCounters } from "./counters.js";
import { NOBODY, statusOf } from "./status-of.js";
import { WaitingCall } from "./waiting-call.js";
import type { ClientEntry, Later } from "./later.js";

/** A server that takes more calls than this has said nothing of how many. */
const MANY = 2 ** 31;

/** Where a client goes, and how. */
export interface Target {
  readonly wire: ClientEntry;
  /** `tcp://127.0.0.1:8080`, `tls://127.0.0.1:8443` or `unix:///run/app.sock`. */
  readonly url: string;
  /** How connections are made, where it is not the usual way. */
  readonly dial?: Later<Dial> | undefined;
  /** What its sessions are told. */
  readonly session: Omit<SessionOptions, "peer">;
  /** An attempt to connect fails after so long. */
  readonly connectTimeoutMs: number;
  /** A connection without calls for so long is closed. */
  readonly idleTimeoutMs: number;
  readonly counters: LinkCounters;
  readonly log: (message: string) => void;
}

/**
 * One connection to a server, made when the first call needs it and again when it is lost. The first attempt is made at once; after a failure,
 * calls fail at once until the backoff has passed, except those that wait for readiness. A connection that takes no more calls is left to those it
 * has, and one that may be dead has to show that it lives before a call is made on it.
 */
export class Channel implements ConnectionOwner {
  readonly #target: Target;
  /** What the connection speaks, once that has been loaded. */
  #wire: ClientWire | undefined = undefined;
  #dial: Dial | undefined = undefined;
  #loading = false;
  #current: ClientConnection | undefined = undefined;
  /** The current connection's, once that is there. */
  #session: ClientSession | undefined = undefined;
  /** Those that are not gone: the current one, and former ones whose calls go on. */
  readonly #all: Set<ClientConnection> = new Set();
  #waiting: WaitingCall[] = [];
  #failures = 0;
  #retryAt = 0;
  #lastError = "";
  #timer: NodeJS.Timeout | undefined = undefined;
  #closed = false;
  #restedAt = Number.POSITIVE_INFINITY;
  #closing: Promise<void> | undefined = undefined;
  #emptied: (() => void) | undefined = undefined;

  constructor(target: Target) {
    this.#target = target;
    if ("client" in target.wire) this.#wire = target.wire;
    if (target.dial === undefined) this.#dial = dial;
  }

  /** Calls that have not ended, those that wait for the connection included. */
  get open(): number {
    return (this.#session?.open ?? 0) + this.#waiting.length;
  }

  /** How many calls the server takes on this connection at once, where it has said so. */
  get capacity(): number | undefined {
    const { room, open = 0, leaving } = this.#session ?? {};
    return room === undefined || leaving === true || room > MANY ? undefined : open + room;
  }

  /** There is a connection, or one is being made. */
  get connected(): boolean {
    return this.#current !== undefined;
  }

  readonly dispatch: Dispatch = (head: CallHead, reply: Sink): Sink => {
    const session = this.#session;
    const current = this.#current;
    if (session !== undefined && current !== undefined && this.#usable(session, current)) {
      current.used = true;
      if (session.doubtful !== true) return session.dispatch(head, reply);
      session.verify?.();
      current.awaited = true;
      return this.#wait(head, reply);
    }
    if (this.#closed) {
      reply.end(statusOf("unavailable", `The client of ${this.#target.url} is closed: connect() again.`));
      return NOBODY;
    }
    if (session !== undefined) this.#leave();
    const wait = this.#retryAt - performance.now();
    if (this.#current === undefined && wait > 0 && head.waitForReady !== true) {
      reply.end(this.#unreachable(`next attempt in ${Math.ceil(wait)} ms`));
      return NOBODY;
    }
    const call = this.#wait(head, reply);
    if (this.#current === undefined && this.#timer === undefined && !this.#loading) this.#retry(wait);
    return call;
  };

  /** Its last call has ended, and it waits for the next: told where connections carry one call at a time. */
  rest(): void {
    this.#restedAt = performance.now();
  }

  /** Closes the connection; open calls end as `canceled`. Always resolves, within a second. */
  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  async #close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    const status = statusOf("canceled", `The client of ${this.#target.url} was closed.`);
    for (const call of this.#waiting.splice(0)) call.fail(status);
    if (this.#all.size === 0) return;
    const emptied = new Promise<void>((resolve) => {
      this.#emptied = resolve;
    });
    for (const connection of this.#all) connection.abandon(status);
    await emptied;
  }

  #wait(head: CallHead, reply: Sink): WaitingCall {
    const call = new WaitingCall(head, reply, this.#givenUp);
    this.#waiting.push(call);
    return call;
  }

  /** A call that waited has ended: where it was the last, there is nothing to try again for. */
  readonly #givenUp = (): void => {
    this.#waiting = this.#waiting.filter((call) => !call.over);
    if (this.#waiting.length > 0) return;
    if (this.#current !== undefined) this.#current.awaited = false;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  };

  #retry(waitMs: number): void {
    if (waitMs <= 0) {
      this.#connect();
      return;
    }
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#connect();
    }, waitMs);
  }

  /** Says whether a call may still be made on this connection. */
  #usable({ leaving, keepAliveMs, open }: ClientSession, current: ClientConnection): boolean {
    if (current.leaving || leaving === true) return false;
    return keepAliveMs === undefined || open > 0 || performance.now() - this.#restedAt < keepAliveMs;
  }

  /** Loads the code that is missing, and then connects for those who still wait. */
  #load(): void {
    const { wire, dial: way } = this.#target;
    this.#loading = true;
    Promise.all(["client" in wire ? wire : wire.load(), way?.load() ?? dial]).then(
      ([loaded, dialed]) => {
        this.#loading = false;
        this.#wire = loaded;
        this.#dial = dialed;
        if (!this.#closed && this.#waiting.length > 0) this.#connect();
      },
      (error: unknown) => {
        this.#loading = false;
        this.#refused(error instanceof Error ? error : new Error(String(error)));
      },
    );
  }

  #connect(): void {
    const [wire, way] = [this.#wire, this.#dial];
    if (wire === undefined || way === undefined) {
      this.#load();
      return;
    }
    try {
      this.#current = new ClientConnection(this.#target, { wire, dial: way }, this);
      this.#all.add(this.#current);
    } catch (error) {
      this.#refused(error instanceof Error ? error : new Error(String(error)));
    }
  }

  opened(connection: ClientConnection): void {
    // Whoever has left it meanwhile needs it no more.
    if (connection !== this.#current) return;
    this.#failures = 0;
    this.#retryAt = 0;
    this.#session = connection.session;
    this.#restedAt = Number.POSITIVE_INFINITY;
    this.#go(connection);
  }

  heard(connection: ClientConnection): void {
    if (this.#waiting.length > 0 && connection === this.#current && this.#session?.doubtful === false)
      this.#go(connection);
  }

  gone(connection: ClientConnection, error: Error | undefined): void {
    this.#all.delete(connection);
    if (this.#all.size === 0) this.#emptied?.();
    if (connection !== this.#current) return;
    this.#current = this.#session = undefined;
    if (connection.session === undefined) this.#refused(error);
    // They were never made on the one that is gone.
    else if (this.#waiting.length > 0 && !this.#closed) this.#retry(0);
  }

  /** Makes the calls that waited. */
  #go(connection: ClientConnection): void {
    const calls = this.#waiting;
    this.#waiting = [];
    for (const call of calls) if (!call.over) call.go(this.dispatch);
    connection.awaited = false;
  }

  /** Lets go of a connection that takes no more calls: the server has said goodbye, or cannot be understood. The calls that it has may go on. */
  #leave(): void {
    if ((this.#session?.open ?? 0) > 0) this.#current?.retire();
    else this.#current?.destroy();
    this.#current = this.#session = undefined;
  }

  #refused(error: Error | undefined): void {
    this.#failures += 1;
    this.#lastError = error?.message ?? "the connection was closed";
    const delay = backoffMs(this.#failures, Math.random());
    this.#retryAt = performance.now() + delay;
    const status = this.#unreachable("is the server running?");
    const calls = this.#waiting;
    this.#waiting = calls.filter((call) => call.request.waitForReady === true && !call.over);
    for (const call of calls) if (call.request.waitForReady !== true && !call.over) call.fail(status);
    if (this.#waiting.length > 0 && !this.#closed) this.#retry(delay);
  }

  #unreachable(advice: string): Status {
    const { url } = this.#target;
    return statusOf(
      "unavailable",
      `Cannot connect to ${url}: ${this.#lastError} (attempt ${this.#failures}; ${advice}).`,
    );
  }
}
