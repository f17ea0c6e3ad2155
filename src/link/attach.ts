import type { Connection, Receiver } from "../transports/connection.js";
import type { Outlet, Session } from "../wires/wire.js";
import { countFailure, type LinkCounters } from "./counters.js";
import { Opening, type SweepLimits } from "./opening.js";
import { statusOf } from "./status-of.js";

/** More than this waiting to leave, and writers of streams are told to stop. */
const HIGH_WATER_BYTES = 256 * 1024;
/** After saying goodbye, the peer has so long to do the same before the connection is cut. */
const LINGER_TICKS = 1;

/** How far sweeps are apart. */
export const SWEEP_MS = 500;

/** What an attachment needs to know. */
export interface AttachOptions {
  /** Makes the session; given the first bytes where those decide which. `later`: `again` will be called; undefined: nobody knows what they are. */
  readonly open: (outlet: Outlet, first: Uint8Array) => Session | "more" | "later" | "tls" | undefined;
  /** After `tls`: what stands for the connection until `ready` is given the one within it. */
  readonly secure?: (attachment: Attachment, first: Uint8Array, ready: (within: Connection) => void) => Connection;
  readonly counters: LinkCounters;
  /** Stops reading while too much waits to leave: for servers, whose peers may ask without ever listening. */
  readonly holdReading: boolean;
  /** Lets the process end while no call is open: for clients. */
  readonly holdProcess: boolean;
  /** Told once, when the connection is gone. */
  readonly closed: (attachment: Attachment, error?: Error) => void;
  /** Told of what a person should know: a broken protocol, a failure of our own. */
  readonly log: (message: string) => void;
}

/**
 * Where a wire meets a transport, the same for all of both: it feeds the session what comes, gathers what it says into one write a turn,
 * and ends the connection when both sides are done.
 */
export class Attachment implements Receiver, Outlet {
  #connection: Connection;
  /** Somebody waits for a word of the peer's, as if a call were open. */
  awaited: boolean = false;
  readonly #options: AttachOptions;
  #session: Session | undefined = undefined;
  /** Until there is a session. */
  #opening: Opening | undefined = undefined;
  /** Bytes that sessions have announced and that have not left. */
  #unsent = 0;
  #receiving = false;
  #scheduled = false;
  #wasFull = false;
  #sessionPaused = false;
  #held = false;
  /** Something was read since reading was last held up. Without that, a fast stream would keep its own cancellation from being read. */
  #heard = false;
  #peerEnded = false;
  #ending = false;
  #said = false;
  #closed = false;
  /** Sweeps since something came, and sweeps since the end was said. */
  #silentTicks = 0;
  /** The process is held open by this connection. */
  #live = false;

  constructor(connection: Connection, options: AttachOptions) {
    this.#connection = connection;
    this.#options = options;
    if (options.holdProcess) connection.hold(false);
    const session = options.open(this, NONE);
    if (typeof session === "object") this.#session = session;
    else this.#opening = new Opening();
  }

  /** Where its bytes come from and go to. */
  get connection(): Connection {
    return this.#connection;
  }

  get full(): boolean {
    return this.#unsent + this.#connection.pending > HIGH_WATER_BYTES;
  }

  /** Calls that have not ended. */
  get open(): number {
    return this.#session?.open ?? 0;
  }

  /** No new calls: either side has said, or is about to say, that it is done. */
  get leaving(): boolean {
    return this.#ending || this.#peerEnded;
  }

  /** It has been found what the connection speaks. */
  get decided(): boolean {
    return this.#session !== undefined;
  }

  wrote(bytes: number): void {
    this.#unsent += bytes;
    if (this.#receiving || this.#scheduled) return;
    this.#scheduled = true;
    // Promises that are due run before the tick, so what their calls answer leaves in the same write.
    queueMicrotask(this.#later);
  }

  pause(): void {
    this.#sessionPaused = true;
    this.#connection.pause();
  }

  resume(): void {
    this.#sessionPaused = false;
    if (!this.#held) this.#connection.resume();
  }

  fail(reason: string, abuse?: string): void {
    countFailure(this.#options.counters, abuse);
    this.#options.log(`Closed ${this.#connection.address}: ${reason}`);
    this.#ending = true;
    // A server still says what was wrong; a client has nothing to say.
    if (this.#options.holdProcess) this.destroy(reason);
    else this.wrote(0);
  }

  leave(): void {
    this.#ending = true;
    this.wrote(0);
  }

  cut(reason: string): void {
    this.#ending = true;
    const { connection } = this;
    const error = new Error(reason);
    if (connection.reset === undefined) connection.destroy(error);
    else connection.reset(error);
  }

  become(open: (outlet: Outlet) => Session, rest: Uint8Array): void {
    // What the former session still says goes first; `rest` belongs to a buffer that the new one may not outlive.
    const former = this.#session;
    if (former !== undefined) this.#write(former);
    const session = open(this);
    this.#session = session;
    if (rest.length > 0) session.receive(rest);
  }

  data(chunk: Uint8Array): void {
    // The time to show what it speaks, and to close after the goodbye, is not prolonged by talking.
    if (this.#session !== undefined && !this.#said) this.#silentTicks = 0;
    this.#heard = true;
    this.#options.counters.bytesIn += chunk.length;
    this.#receiving = true;
    try {
      if (this.#session !== undefined) this.#session.receive(chunk);
      else if (this.#opening !== undefined) this.#decide(this.#opening, chunk);
    } catch (error) {
      this.#broken(error);
    }
    this.#receiving = false;
    if (this.#unsent > 0 || this.#ending || this.#peerEnded) {
      // Calls that go on may be about to answer; if there are none, nothing is gained by waiting.
      if (this.open > 0) this.wrote(0);
      else this.#flush();
    } else this.#settle();
  }

  end(): void {
    this.#peerEnded = true;
    try {
      this.#session?.finish();
    } catch (error) {
      this.#broken(error);
    }
    this.wrote(0);
  }

  drain(): void {
    this.#relieve();
  }

  close(error?: Error): void {
    if (this.#closed) return;
    this.#closed = true;
    const why = error === undefined ? "was closed" : `was lost: ${error.message}`;
    this.#session?.output.release();
    try {
      this.#session?.lost(statusOf("unavailable", `Connection to ${this.#connection.address} ${why}.`));
    } finally {
      this.#options.closed(this, error);
    }
  }

  /** What was needed to make the session is there. */
  again(): void {
    if (this.#closed) return;
    if (this.#opening !== undefined) this.#opening.loading = false;
    const ending = this.#ending;
    // What has come is taken up first, and the goodbye is the session's to say: nothing is closed meanwhile.
    this.#ending = false;
    this.data(NONE);
    if (this.#closed) return;
    if (ending) this.retire();
    // Only now, since what waits to be read may be the peer's goodbye, which the session is to hear of.
    if (!this.#held && !this.#sessionPaused) this.#connection.resume();
  }

  /** Lets open calls end, takes no new ones, then says goodbye. */
  retire(why?: string): void {
    this.#ending = true;
    this.#session?.retire(why);
    this.wrote(0);
  }

  /** Cuts the connection now; open calls end as `unavailable`. */
  destroy(reason: string): void {
    this.#connection.destroy(new Error(reason));
  }

  /** Tells the session that the time between two sweeps has passed. */
  tick(): void {
    try {
      this.#session?.tick?.(SWEEP_MS);
    } catch (error) {
      this.#broken(error);
    }
  }

  /** Called at even intervals, with what a peer may do at most in a number of them. Cuts those who do less. */
  sweep(limits: SweepLimits): void {
    this.#silentTicks += 1;
    this.tick();
    if (this.#said) {
      if (this.#silentTicks > LINGER_TICKS && this.#connection.pending === 0)
        this.destroy("The peer did not close its end.");
    } else if (this.#opening !== undefined) {
      const why = this.#opening.tick(limits);
      if (why !== undefined) this.#unknown(why);
    } else if (this.open === 0 && this.#silentTicks > limits.idleTicks) this.retire();
  }

  readonly #later = (): void => {
    process.nextTick(this.#flush);
  };

  readonly #flush = (): void => {
    this.#scheduled = false;
    if (this.#closed) return;
    if (this.full) this.#wasFull = true;
    this.#unsent = 0;
    if (this.#session !== undefined) this.#write(this.#session);
    // Where the transport takes bytes without having sent them, it gets full by this write.
    if (this.full) this.#wasFull = true;
    // In a turn of their own: where the system takes at once all that writers say, nobody else would ever have one.
    if (!this.full) {
      if (this.#wasFull) setImmediate(this.#roomy);
    } else if (this.#options.holdReading && !this.#held && this.#heard) {
      this.#held = true;
      this.#heard = false;
      this.#connection.pause();
    }
    this.#settle();
  };

  #write(session: Session): void {
    session.gather();
    const { output } = session;
    if (this.#said || output.length === 0) {
      output.release();
      return;
    }
    this.#options.counters.bytesOut += output.length;
    const taken = this.#connection.write(output.view());
    if (taken) output.release();
    else {
      output.forget();
      this.#wasFull = true;
    }
  }

  readonly #roomy = (): void => this.#relieve();

  /** Lets those go on who were told that there is no room. */
  #relieve(): void {
    if (this.#closed || !this.#wasFull || this.full) return;
    this.#wasFull = false;
    if (this.#held) {
      this.#held = false;
      if (!this.#sessionPaused) this.#connection.resume();
    }
    this.#session?.drained();
  }

  /** Looks whether the connection is done, and whether the process has to stay for it. */
  #settle(): void {
    const { open } = this;
    if (this.#options.holdProcess) this.#hold(open > 0 || this.awaited);
    // What has come while the session was being loaded is still to be answered.
    if (this.#opening?.loading === true) return;
    if ((this.#ending || this.#peerEnded) && open === 0 && !this.#said && this.#unsent === 0) {
      this.#said = true;
      this.#silentTicks = 0;
      this.#connection.end();
    }
  }

  #hold(live: boolean): void {
    if (live === this.#live) return;
    this.#live = live;
    this.#connection.hold(live);
  }

  #decide(opening: Opening, chunk: Uint8Array): void {
    const first = opening.join(chunk);
    const session = opening.loading ? "more" : this.#options.open(this, first);
    if (session === "more") opening.keep(first);
    else if (session === "later") {
      opening.keep(first);
      opening.loading = true;
      this.#connection.pause();
    } else if (session === "tls") this.#secure(first);
    else if (session === undefined) this.#unknown("nobody here speaks what it began with");
    else {
      this.#opening = undefined;
      this.#silentTicks = 0;
      this.#session = session;
      session.receive(first);
    }
  }

  /** The connection goes on with what is within it, which begins anew. */
  #secure(first: Uint8Array): void {
    const within = (connection: Connection): void => {
      this.#connection = connection;
      this.#opening = new Opening();
      connection.start(this);
    };
    const { secure } = this.#options;
    if (secure !== undefined) this.#connection = secure(this, first, within);
  }

  #unknown(why: string): void {
    this.#options.counters.undetected += 1;
    this.#options.log(`Closed ${this.#connection.address}: ${why}.`);
    this.destroy(`The connection was closed: ${why}.`);
  }

  /** A session threw, which none should: its connection ends, the others live on. */
  #broken(error: unknown): void {
    const report = error instanceof Error ? error.stack : String(error);
    this.#options.log(
      `Closed ${this.#connection.address} after a failure of callwire itself, please report it: ${report}`,
    );
    this.#connection.destroy();
  }
}

const NONE = new Uint8Array(0);
