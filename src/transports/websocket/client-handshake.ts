import { randomBytes } from "node:crypto";
import type { HttpAnswer, HttpIn, HttpOut, HttpRequest } from "../../wires/http.js";
import type { HttpTarget, Limits, Outlet, Session } from "../../wires/wire.js";
import { Http1ClientSession } from "../http1/http1-client-session.js";
import { lists, listOf, valuesOf } from "../http-fields.js";
import { acceptKey } from "./accept-key.js";

type Status = Parameters<HttpIn["reset"]>[0];

/** What a client asks for. */
export interface HandshakeOptions {
  readonly limits: Limits;
  readonly http: HttpTarget;
  /** The name of the messages' protocol, offered to the server. */
  readonly subprotocol?: string | undefined;
}

/** Who waits for the handshake. It is told one of these, once. */
export interface HandshakeOwner extends Session {
  /** The connection is a WebSocket now; `rest` is what came for it already, lent. */
  opened(rest: Uint8Array): void;
  /** It will never be one: a sentence that says why. */
  refused(reason: string): void;
}

/** What to check where a server answers with one of these. */
const HINTS: Readonly<Record<number, string>> = {
  400: "a server between may not pass WebSockets on",
  401: "check the credentials",
  403: "check the credentials, and the origins that the server allows",
  404: "check the path",
  426: "the server speaks another version of WebSocket, or another protocol",
  503: "try again later",
};

/** Opens a WebSocket from the client's side (RFC 6455 §4.1): to the session of HTTP/1.1 that asks, it is the outlet and the one who hears. */
export class ClientHandshake implements Outlet, HttpIn {
  /** The session that speaks while the handshake goes on. */
  readonly session: Http1ClientSession;
  readonly #owner: HandshakeOwner;
  readonly #outlet: Outlet;
  readonly #options: HandshakeOptions;
  readonly #key: string = randomBytes(16).toString("base64");
  #out: HttpOut | undefined = undefined;
  #over = false;

  constructor(owner: HandshakeOwner, outlet: Outlet, options: HandshakeOptions) {
    this.#owner = owner;
    this.#outlet = outlet;
    this.#options = options;
    this.session = new Http1ClientSession(this, options);
  }

  /** Sends the request. */
  begin(): void {
    const { http, subprotocol } = this.#options;
    const mark = http.path.indexOf("?");
    const fields: HttpRequest["fields"] = [
      ["connection", "Upgrade"],
      ["upgrade", "websocket"],
      ["sec-websocket-version", "13"],
      ["sec-websocket-key", this.#key],
      ...(subprotocol === undefined ? [] : [["sec-websocket-protocol", subprotocol] as const]),
      ...http.fields,
    ];
    const path = mark < 0 ? http.path : http.path.slice(0, mark);
    const query = mark < 0 ? "" : http.path.slice(mark + 1);
    this.#out = this.session.ask({ method: "GET", path, query, fields }, this);
  }

  answer(head: HttpAnswer): void {
    const wrong = this.#wrong(head);
    if (wrong !== undefined) this.#refuse(`The server at ${this.#place} ${wrong}.`);
    else this.#out?.upgrade([], () => this.#owner);
  }

  /** A body is the explanation of a refusal, which has been told. */
  data(): boolean {
    return true;
  }

  room(): void {}

  reset(status: Status): void {
    this.#refuse(`The WebSocket handshake with ${this.#place} failed: ${status.message}`);
  }

  get full(): boolean {
    return this.#outlet.full;
  }

  wrote(bytes: number): void {
    this.#outlet.wrote(bytes);
  }

  pause(): void {
    this.#outlet.pause();
  }

  resume(): void {
    this.#outlet.resume();
  }

  fail(reason: string): void {
    this.#refuse(reason);
  }

  /** What ends the exchange has ended the handshake. */
  leave(): void {
    this.#refuse(`The server at ${this.#place} closed the connection instead of opening a WebSocket.`);
  }

  cut(reason: string): void {
    this.#refuse(reason);
  }

  become(_open: (outlet: Outlet) => Session, rest: Uint8Array): void {
    if (this.#over) return;
    this.#over = true;
    this.#owner.opened(rest);
  }

  get #place(): string {
    const { authority, path } = this.#options.http;
    return `${authority}${path}`;
  }

  #refuse(reason: string): void {
    if (this.#over) return;
    this.#over = true;
    this.#owner.refused(reason);
  }

  /** What is wrong with an answer, if anything (RFC 6455 §4.1). */
  #wrong({ status, fields }: HttpAnswer): string | undefined {
    if (status !== 101) {
      const hint = HINTS[status] ?? "check that it speaks WebSocket under this path";
      return `answered a WebSocket handshake with status ${status}: ${hint}`;
    }
    const check = "check that no server between changes it";
    if (valuesOf(fields, "sec-websocket-accept").join() !== acceptKey(this.#key))
      return `answered status 101 with another key than was sent: ${check}`;
    const upgraded = lists(fields, { name: "upgrade", entry: "websocket" });
    if (!upgraded || !lists(fields, { name: "connection", entry: "upgrade" }))
      return `answered status 101 without the fields of a WebSocket: ${check}`;
    const [extension] = listOf(fields, "sec-websocket-extensions");
    if (extension !== undefined)
      return `answered with the extension ${JSON.stringify(extension)}, which nobody offered`;
    const [named] = valuesOf(fields, "sec-websocket-protocol");
    if (named !== undefined && named !== this.#options.subprotocol)
      return `answered with the subprotocol ${JSON.stringify(named)}, which nobody offered`;
    return undefined;
  }
}
