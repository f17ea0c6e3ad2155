import { decodeUtf8, encodeUtf8 } from "../bytes/utf8.js";
import { failure } from "../call/status.js";
import type { ClientSession, Limits, Outlet } from "../wires/wire.js";
import type { WebSocketLike } from "./web-socket-like.js";

/** More than this waiting to leave, and writers of streams are told to stop. */
const HIGH_WATER_BYTES = 256 * 1024;
/** Browsers tell nobody when there is room again, so that is looked for. */
const LOOK_MS = 10;
/** So many of the longest messages may have come unread, where the socket cannot be made to wait. */
const MOST_UNREAD = 16;

/** What a link needs of those who made it. */
export interface LinkOptions {
  readonly limits: Limits;
  readonly url: string;
  /** Makes the session whose messages are carried. */
  readonly open: (outlet: Outlet) => ClientSession;
  /** Told once, when the server has agreed. */
  readonly opened: () => void;
  /** Told once, when the connection is gone, or was not to be had. */
  readonly closed: (reason: string) => void;
}

/**
 * Where the session of a message protocol meets a WebSocket: each message that it writes leaves as a text, and what comes is handed to it.
 * A browser's WebSocket reads on whatever happens, so what its session does not want yet is kept here, up to a limit.
 */
export class WebSocketLink implements Outlet {
  readonly session: ClientSession;
  readonly #socket: WebSocketLike;
  readonly #options: LinkOptions;
  /** Bytes that the session has announced and that have not been handed to the socket. */
  #unsent = 0;
  #scheduled = false;
  #opened = false;
  #closed = false;
  /** Nothing is said any more once the open calls have ended. */
  #ending = false;
  #paused = false;
  #delivering = false;
  #timer: ReturnType<typeof setTimeout> | undefined = undefined;
  /** Messages that came while reading was held up, and at last the socket's end. */
  readonly #later: (Uint8Array | CloseEventLike)[] = [];
  #unread = 0;

  constructor(socket: WebSocketLike, options: LinkOptions) {
    this.#socket = socket;
    this.#options = options;
    this.session = options.open(this);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => this.#begin();
    socket.onmessage = ({ data }: { readonly data: unknown }) => this.#came(bytesOf(data));
    socket.onclose = (event: CloseEventLike) => this.#deliver(event);
    // The end follows, and says no less.
    socket.onerror = () => {};
  }

  get full(): boolean {
    return this.#unsent + this.#socket.bufferedAmount > HIGH_WATER_BYTES;
  }

  /** Takes no new calls. */
  get leaving(): boolean {
    return this.#ending || this.#closed || this.session.leaving === true;
  }

  wrote(bytes: number): void {
    this.#unsent += bytes;
    if (this.#scheduled || !this.#opened) return;
    this.#scheduled = true;
    queueMicrotask(this.#flush);
  }

  pause(): void {
    this.#paused = true;
    this.#socket.pause?.();
  }

  resume(): void {
    this.#paused = false;
    // Whoever delivers goes on with the next.
    if (this.#delivering) return;
    this.#delivering = true;
    while (!this.#stopped()) this.#hand(this.#later.shift());
    this.#delivering = false;
    if (!this.#paused) this.#socket.resume?.();
  }

  /** The reason is told to the calls by the session itself. */
  fail(): void {
    this.#end();
  }

  leave(): void {
    this.#ending = true;
    this.wrote(0);
  }

  cut(): void {
    this.#end();
  }

  /** What carries messages to their end is not given away. */
  become(): void {
    this.#end();
  }

  /** Takes no new calls, lets the open ones end, and then closes. */
  retire(): void {
    this.session.retire();
    this.leave();
  }

  #begin(): void {
    this.#opened = true;
    this.#options.opened();
    this.wrote(0);
  }

  #came(bytes: Uint8Array): void {
    this.#unread += bytes.length;
    const most = this.#options.limits.maxMessageBytes * MOST_UNREAD;
    if (this.#unread <= most) {
      this.#deliver(bytes);
      return;
    }
    const reason = `More than ${most} bytes of ${this.#options.url} came and were not read: read faster, or call over HTTP, which makes the server wait.`;
    this.#end();
    this.session.lost(failure("resource_exhausted", reason));
  }

  #deliver(event: Uint8Array | CloseEventLike): void {
    if (this.#closed) return;
    this.#later.push(event);
    if (!this.#paused) this.resume();
  }

  #hand(event: Uint8Array | CloseEventLike | undefined): void {
    if (event instanceof Uint8Array) {
      this.#unread -= event.length;
      this.session.receive(event);
    } else if (event !== undefined) this.#over(event);
  }

  #stopped(): boolean {
    return this.#paused || this.#closed || this.#later.length === 0;
  }

  #over({ code, reason }: CloseEventLike): void {
    const { url, closed } = this.#options;
    this.#closed = true;
    clearTimeout(this.#timer);
    const why = code === 1006 ? "" : ` (${code}${reason === "" ? "" : `: ${JSON.stringify(reason)}`})`;
    const what = this.#opened ? `The connection to ${url} was closed${why}` : `No WebSocket to ${url} was to be had`;
    this.session.lost(failure("unavailable", `${what}.`));
    closed(what);
  }

  /** Ends the connection without waiting for the server. */
  #end(): void {
    this.#ending = true;
    this.#later.length = this.#unread = 0;
    if (this.#paused) {
      this.#paused = false;
      this.#socket.resume?.();
    }
    // What the session says to its end still leaves.
    if (this.#opened) this.#flush();
    this.#socket.close();
  }

  readonly #flush = (): void => {
    this.#scheduled = false;
    if (this.#closed) return;
    const { session } = this;
    session.gather();
    this.#send(session.output.view());
    session.output.release();
    const wasFull = this.full;
    this.#unsent = 0;
    if (wasFull) this.#look();
    if (this.#ending && session.open === 0) this.#socket.close(1000);
  };

  /** Sends messages that each follow their length, four bytes, little-endian. */
  #send(bytes: Uint8Array): void {
    for (let at = 0; at + 4 <= bytes.length;) {
      const start = at + 4;
      at = start + lengthAt(bytes, at);
      // The wire writes UTF-8.
      this.#socket.send(decodeUtf8(bytes, start, at) ?? "");
    }
  }

  /** Tells writers when there is room again: in a turn of its own, for else a fast one would never let anybody else have one. */
  #look(): void {
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.full) this.#look();
      else this.session.drained();
    }, LOOK_MS);
  }
}

/** What the end of a WebSocket says. */
interface CloseEventLike {
  readonly code: number;
  readonly reason: string;
}

function bytesOf(data: unknown): Uint8Array {
  if (typeof data === "string") return encodeUtf8(data);
  return data instanceof ArrayBuffer ? new Uint8Array(data) : EMPTY;
}

function lengthAt(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(at, true);
}

const EMPTY = new Uint8Array(0);
