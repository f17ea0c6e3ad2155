import type { CallHead, Dispatch, Sink } from "../call/sink.js";
import { backoffMs } from "../link/backoff.js";
import { NOBODY, statusOf } from "../link/status-of.js";
import { WaitingCall } from "../link/waiting-call.js";
import type { ClientWire, SessionOptions } from "../wires/wire.js";
import type { WebSocketLike, WebSocketMaker } from "./web-socket-like.js";
import { WebSocketLink } from "./web-socket-link.js";

/** Where WebSockets go, and what they carry. */
export interface WebSocketTarget {
  /** `ws://127.0.0.1:8080/`. */
  readonly url: string;
  /** Makes the session of the protocol whose messages they carry. */
  readonly client: ClientWire["client"];
  readonly session: SessionOptions;
  readonly webSocket: WebSocketMaker;
  /** An attempt to connect fails after so long. */
  readonly connectTimeoutMs: number;
}

/**
 * One WebSocket to a server, opened when the first call needs it and again when it is lost. After a failure, calls fail at once until the
 * backoff has passed, except those that wait for readiness.
 */
export class WebSocketChannel {
  readonly #target: WebSocketTarget;
  #link: WebSocketLink | undefined = undefined;
  #connecting = false;
  #waiting: WaitingCall[] = [];
  #failures = 0;
  #retryAt = 0;
  #lastError = "";
  #timer: ReturnType<typeof setTimeout> | undefined = undefined;
  #closed = false;

  constructor(target: WebSocketTarget) {
    this.#target = target;
  }

  readonly dispatch: Dispatch = (head: CallHead, reply: Sink): Sink => {
    if (this.#link?.leaving === false && !this.#connecting) return this.#link.session.dispatch(head, reply);
    const { url } = this.#target;
    if (this.#closed) {
      reply.end(statusOf("unavailable", `The client of ${url} is closed: connect() again.`));
      return NOBODY;
    }
    const wait = this.#retryAt - performance.now();
    if (!this.#connecting && wait > 0 && head.waitForReady !== true) {
      reply.end(this.#unreachable(`next attempt in ${Math.ceil(wait)} ms`));
      return NOBODY;
    }
    const call = new WaitingCall(head, reply, this.#givenUp);
    this.#waiting.push(call);
    if (!this.#connecting && this.#timer === undefined) this.#retry(wait);
    return call;
  };

  /** Closes the WebSocket; open calls end as `canceled`. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    const status = statusOf("canceled", `The client of ${this.#target.url} was closed.`);
    for (const call of this.#waiting.splice(0)) if (!call.over) call.fail(status);
    this.#link?.session.lost(status);
    this.#link?.retire();
    if (this.#connecting) this.#link?.cut();
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

  #connect(): void {
    const { url, client, session, webSocket: Maker, connectTimeoutMs } = this.#target;
    this.#connecting = true;
    let socket: WebSocketLike;
    try {
      socket = new Maker(url);
    } catch (error) {
      // A page that came by https may not open ws:// at all.
      this.#refused(`No WebSocket to ${url} can be opened: ${String(error)}`);
      return;
    }
    const link = new WebSocketLink(socket, {
      url,
      limits: session.limits,
      open: (outlet) => client(outlet, session),
      opened: () => {
        clearTimeout(timer);
        this.#opened(link);
      },
      closed: (reason) => {
        clearTimeout(timer);
        if (this.#link !== link) return;
        this.#link = undefined;
        if (this.#connecting) this.#refused(reason);
      },
    });
    this.#link = link;
    const timer = setTimeout(() => link.cut(), connectTimeoutMs);
  }

  #opened(link: WebSocketLink): void {
    this.#connecting = false;
    this.#failures = this.#retryAt = 0;
    const calls = this.#waiting;
    this.#waiting = [];
    for (const call of calls) if (!call.over) call.go(link.session.dispatch);
  }

  #refused(reason: string): void {
    this.#connecting = false;
    this.#failures += 1;
    this.#lastError = reason;
    const delay = backoffMs(this.#failures, Math.random());
    this.#retryAt = performance.now() + delay;
    const status = this.#unreachable(
      "is the server running, and does it let pages of this origin in by allowedOrigins?",
    );
    const calls = this.#waiting;
    this.#waiting = calls.filter((call) => call.request.waitForReady === true && !call.over);
    for (const call of calls) if (call.request.waitForReady !== true && !call.over) call.fail(status);
    if (this.#waiting.length > 0 && !this.#closed) this.#retry(delay);
  }

  #unreachable(advice: string): ReturnType<typeof statusOf> {
    return statusOf("unavailable", `${this.#lastError} (attempt ${this.#failures}; ${advice}).`);
  }
}
