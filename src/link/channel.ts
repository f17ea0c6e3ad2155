import type { CallHead, Dispatch, Sink } from "../call/sink.js";
import type { Status } from "../call/status.js";
import type { Connection, Receiver } from "../transports/connection.js";
import type { ClientSession, ClientWire, SessionOptions } from "../wires/wire.js";
import { Attachment, SWEEP_MS } from "./attach.js";
import { backoffMs } from "./backoff.js";
import { type Dial, dial } from "./carriers.js";
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
  readonly counters: LinkCounters;
  readonly log: (message: string) => void;
}

/**
 * One connection to a server, made when the first call needs it and again when it is lost. The first attempt is made at once; after a failure,
 * calls fail at once until the backoff has passed, except those that wait for readiness.
 */
export class Channel {
  readonly #target: Target;
  /** What the connection speaks, once that has been loaded. */
  #wire: ClientWire | undefined = undefined;
  #dial: Dial | undefined = undefined;
  #loading = false;
  #connection: Connection | undefined = undefined;
  #attachment: Attachment | undefined = undefined;
  #session: ClientSession | undefined = undefined;
  #waiting: WaitingCall[] = [];
  #failures = 0;
  #retryAt = 0;
  #lastError = "";
  #timer: NodeJS.Timeout | undefined = undefined;
  #closed = false;
  #restedAt = Number.POSITIVE_INFINITY;
  #ticker: NodeJS.Timeout | undefined = undefined;
  #closing: Promise<void> | undefined = undefined;
  #gone: (() => void) | undefined = undefined;

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
    return this.#connection !== undefined;
  }

  readonly dispatch: Dispatch = (head: CallHead, reply: Sink): Sink => {
    if (this.#session !== undefined && this.#usable(this.#session)) return this.#session.dispatch(head, reply);
    if (this.#closed) {
      reply.end(statusOf("unavailable", `The client of ${this.#target.url} is closed: connect() again.`));
      return NOBODY;
    }
    this.#leave();
    const wait = this.#retryAt - performance.now();
    if (this.#connection === undefined && wait > 0 && head.waitForReady !== true) {
      reply.end(this.#unreachable(`next attempt in ${Math.ceil(wait)} ms`));
      return NOBODY;
    }
    const call = new WaitingCall(head, reply, this.#givenUp);
    this.#waiting.push(call);
    if (this.#connection === undefined && this.#timer === undefined && !this.#loading) this.#retry(wait);
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
    const connection = this.#connection;
    if (connection === undefined) return;
    const gone = new Promise<void>((resolve) => {
      this.#gone = resolve;
    });
    if (this.#attachment === undefined) connection.destroy();
    else {
      const open = this.#session?.open ?? 0;
      this.#session?.lost(status);
      // Where a connection carries one call, giving it up is how its server hears of it.
      if (open > 0 && this.#target.wire.shares === "none") this.#attachment.cut("The client was closed.");
      else this.#attachment.retire();
    }
    const cut = setTimeout(() => connection.destroy(), 1000);
    await gone;
    clearTimeout(cut);
  }

  /** A call that waited has ended: where it was the last, there is nothing to try again for. */
  readonly #givenUp = (): void => {
    this.#waiting = this.#waiting.filter((call) => !call.over);
    if (this.#waiting.length > 0) return;
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
  #usable({ leaving, keepAliveMs, open }: ClientSession): boolean {
    if (this.#attachment?.leaving !== false || leaving === true) return false;
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
    const way = this.#dial;
    if (this.#wire === undefined || way === undefined) {
      this.#load();
      return;
    }
    const { url, connectTimeoutMs, counters } = this.#target;
    counters.connections += 1;
    let attachment: Attachment | undefined;
    let connection: Connection;
    try {
      connection = way(url, () => {
        clearTimeout(timer);
        attachment = this.#opened(connection);
      });
    } catch (error) {
      this.#refused(error instanceof Error ? error : new Error(String(error)));
      return;
    }
    this.#connection = connection;
    const timer = setTimeout(
      () => connection.destroy(new Error(`no connection within ${connectTimeoutMs} ms`)),
      connectTimeoutMs,
    );
    const receiver: Receiver = {
      data: (chunk) => attachment?.data(chunk),
      end: () => attachment?.end(),
      drain: () => attachment?.drain(),
      close: (error) => {
        clearTimeout(timer);
        const current = this.#connection === connection;
        if (current) this.#connection = undefined;
        if (attachment === undefined) this.#refused(error);
        else attachment.close(error);
        if (current) this.#gone?.();
      },
    };
    connection.start(receiver);
  }

  #opened(connection: Connection): Attachment {
    const { url, session, counters, log } = this.#target;
    const wire = this.#wire;
    if (wire === undefined) throw new Error("A connection is made when its wire has been loaded.");
    counters.open += 1;
    this.#failures = 0;
    this.#retryAt = 0;
    const attachment = new Attachment(connection, {
      counters,
      log,
      holdReading: false,
      holdProcess: true,
      open: (outlet) => (this.#session = wire.client(outlet, { ...session, peer: { address: url } })),
      closed: () => this.#lost(attachment),
    });
    this.#attachment = attachment;
    this.#restedAt = Number.POSITIVE_INFINITY;
    if (this.#session?.tick !== undefined) this.#ticker = setInterval(() => attachment.tick(), SWEEP_MS).unref();
    const calls = this.#waiting;
    this.#waiting = [];
    for (const call of calls) if (!call.over) call.go(this.dispatch);
    attachment.wrote(0);
    return attachment;
  }

  #lost(attachment: Attachment): void {
    this.#target.counters.open -= 1;
    if (this.#attachment !== attachment) return;
    clearInterval(this.#ticker);
    this.#attachment = this.#session = undefined;
  }

  /** Lets go of a connection that takes no more calls, and has none: the server has closed its side, or cannot be understood. */
  #leave(): void {
    if (this.#attachment === undefined) return;
    clearInterval(this.#ticker);
    this.#connection?.destroy();
    this.#connection = this.#attachment = this.#session = undefined;
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
