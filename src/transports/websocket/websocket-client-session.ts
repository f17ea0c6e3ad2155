import type { ClientSession, Outlet, Session } from "../../wires/wire.js";
import { ClientHandshake, type HandshakeOptions, type HandshakeOwner } from "./client-handshake.js";
import { WebSocketSession } from "./websocket-session.js";

type Status = Parameters<Session["lost"]>[0];

/** So much may be said before the connection is a WebSocket; streams wait. */
const HELD_BYTES = 64 * 1024;

/**
 * The calling end of a WebSocket: it shakes hands over HTTP/1.1, then carries the inner session's messages. Calls may be made from the
 * beginning; what they say is held back until the server has agreed. A server that does not agree ends them all as `unavailable`.
 */
export class WebSocketClientSession extends WebSocketSession<ClientSession> implements ClientSession, HandshakeOwner {
  readonly dispatch: ClientSession["dispatch"];
  readonly #authority: string;
  readonly #patienceMs: number;
  /** Until the server has agreed. */
  #handshake: ClientHandshake | undefined;
  /** Bytes said and not sent meanwhile. */
  #held = 0;
  #waitedMs = 0;
  #refused = false;

  constructor(outlet: Outlet, makeInner: (outlet: Outlet) => ClientSession, options: HandshakeOptions) {
    super(outlet, { side: "client", limits: options.limits, makeInner, goodbye: 1000 });
    this.dispatch = this.inner.dispatch;
    this.#authority = options.http.authority;
    this.#patienceMs = options.limits.requestTimeoutMs;
    this.#handshake = new ClientHandshake(this, outlet, options);
    this.#handshake.begin();
  }

  override get leaving(): boolean {
    return super.leaving || this.#refused || this.inner.leaving === true;
  }

  override receive(chunk: Uint8Array): void {
    if (this.#refused) return;
    if (this.#handshake === undefined) super.receive(chunk);
    else this.#handshake.session.receive(chunk);
  }

  override gather(): void {
    if (this.#handshake === undefined) {
      super.gather();
      return;
    }
    const { output } = this.#handshake.session;
    this.output.push(output.view());
    output.release();
  }

  override finish(): void {
    if (this.#handshake === undefined) super.finish();
    else this.#handshake.session.finish();
  }

  override tick(elapsedMs: number): void {
    if (this.#handshake === undefined) {
      super.tick(elapsedMs);
      return;
    }
    this.#waitedMs += elapsedMs;
    if (this.#waitedMs > this.#patienceMs)
      this.refused(
        `The server at ${this.#authority} did not answer a WebSocket handshake within ${this.#patienceMs} ms.`,
      );
  }

  override get full(): boolean {
    return this.#handshake === undefined ? super.full : this.#held > HELD_BYTES;
  }

  override wrote(bytes: number): void {
    if (this.#handshake !== undefined) this.#held += bytes;
    super.wrote(bytes);
  }

  opened(rest: Uint8Array): void {
    const { full } = this;
    this.#handshake = undefined;
    // What calls have said leaves now.
    this.wrote(this.#held);
    if (full && !this.full) this.drained();
    if (rest.length > 0) this.receive(rest);
  }

  refused(reason: string): void {
    if (this.#refused) return;
    this.#refused = true;
    this.inner.lost({ code: "unavailable", message: reason, details: [], trailers: [] });
    this.outlet.cut(reason);
  }

  protected override peerClosed(code: number, reason: string): void {
    // RFC 6455 §7.4.1: it has done what it was there for, or goes away. As on any connection, what it has not answered is unavailable.
    if (code === 1000 || code === 1001) this.inner.finish();
    else this.inner.lost(closedWith(this.#authority, code, reason));
  }
}

function closedWith(authority: string, code: number, reason: string): Status {
  const why = reason === "" ? `${code}` : `${code}: ${JSON.stringify(reason)}`;
  return {
    code: "unavailable",
    message: `The server at ${authority} closed the WebSocket (${why}).`,
    details: [],
    trailers: [],
  };
}
