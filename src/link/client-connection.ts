import type { Status } from "../call/status.js";
import type { Connection, Receiver } from "../transports/connection.js";
import type { ClientSession, ClientWire } from "../wires/wire.js";
import { Attachment, SWEEP_MS } from "./attach.js";
import type { Dial } from "./carriers.js";
import type { Target } from "./channel.js";

/** After the goodbye, the server has so long to close its end. */
const LINGER_MS = 1000;

/** What a connection tells the one who made it. */
export interface ConnectionOwner {
  /** It is there: calls can be made on its session. */
  opened(connection: ClientConnection): void;
  /** Something came. */
  heard(connection: ClientConnection): void;
  /** It is gone, or could not be made. The last thing told. */
  gone(connection: ClientConnection, error: Error | undefined): void;
}

/** One connection of a client, from the attempt to make it until it is gone; without calls for too long, it ends by itself. */
export class ClientConnection implements Receiver {
  /** A call was made on it since its last tick; set by whoever makes them. */
  used = false;
  readonly #target: Target;
  readonly #wire: ClientWire;
  readonly #owner: ConnectionOwner;
  readonly #connection: Connection;
  /** The limit to the attempt, then the cut after the goodbye. */
  #timer: NodeJS.Timeout | undefined;
  #ticker: NodeJS.Timeout | undefined = undefined;
  #attachment: Attachment | undefined = undefined;
  #session: ClientSession | undefined = undefined;
  #idleMs = 0;

  /** Begins the attempt; its owner hears what comes of it, in a later turn. Throws what `dial` throws. */
  constructor(
    target: Target,
    { wire, dial }: { readonly wire: ClientWire; readonly dial: Dial },
    owner: ConnectionOwner,
  ) {
    this.#target = target;
    this.#wire = wire;
    this.#owner = owner;
    const { url, connectTimeoutMs, counters } = target;
    counters.connections += 1;
    this.#connection = dial(url, () => this.#opened());
    this.#timer = setTimeout(
      () => this.#connection.destroy(new Error(`no connection within ${connectTimeoutMs} ms`)),
      connectTimeoutMs,
    );
    this.#connection.start(this);
  }

  /** Undefined: it is still being made, or never was. */
  get session(): ClientSession | undefined {
    return this.#session;
  }

  /** Either side has said, or is about to say, that it is done: no new calls. */
  get leaving(): boolean {
    return this.#attachment?.leaving !== false;
  }

  /** Calls wait for a word of the server's: the process is held as for open ones. */
  set awaited(waiting: boolean) {
    if (this.#attachment === undefined || this.#attachment.awaited === waiting) return;
    this.#attachment.awaited = waiting;
    this.#attachment.wrote(0);
  }

  /** Lets open calls end, takes no new ones, then closes. */
  retire(): void {
    if (this.#attachment === undefined) this.#connection.destroy();
    else this.#attachment.retire();
  }

  /** Ends it at once. */
  destroy(): void {
    this.#connection.destroy();
  }

  /** Ends it now; open calls end with this status. Gone within a second. */
  abandon(status: Status): void {
    if (this.#attachment === undefined) this.#connection.destroy();
    else {
      const open = this.#session?.open ?? 0;
      this.#session?.lost(status);
      // Where a connection carries one call, giving it up is how its server hears of it.
      if (open > 0 && this.#wire.shares === "none") this.#attachment.cut("The client was closed.");
      else this.#attachment.retire();
    }
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#connection.destroy(), LINGER_MS);
  }

  data(chunk: Uint8Array): void {
    this.#attachment?.data(chunk);
    this.#owner.heard(this);
  }

  end(): void {
    this.#attachment?.end();
  }

  drain(): void {
    this.#attachment?.drain();
  }

  close(error?: Error): void {
    clearTimeout(this.#timer);
    clearInterval(this.#ticker);
    this.#attachment?.close(error);
    this.#owner.gone(this, error);
  }

  #opened(): void {
    clearTimeout(this.#timer);
    const { url, session, counters, log } = this.#target;
    counters.open += 1;
    this.#attachment = new Attachment(this.#connection, {
      counters,
      log,
      holdReading: false,
      holdProcess: true,
      open: (outlet) => (this.#session = this.#wire.client(outlet, { ...session, peer: { address: url } })),
      closed: () => (counters.open -= 1),
    });
    this.#ticker = setInterval(this.#tick, SWEEP_MS).unref();
    this.#owner.opened(this);
    this.#attachment.wrote(0);
  }

  readonly #tick = (): void => {
    this.#attachment?.tick();
    const busy = this.used || (this.#session?.open ?? 0) > 0;
    this.used = false;
    this.#idleMs = busy ? 0 : this.#idleMs + SWEEP_MS;
    const late = this.#idleMs - this.#target.idleTimeoutMs;
    if (late > LINGER_MS) this.#connection.destroy();
    else if (late >= 0) this.retire();
  };
}
