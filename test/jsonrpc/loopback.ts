import type { Dispatch } from "../../src/call/sink.js";
import { encodeUtf8 } from "../../src/bytes/utf8.js";
import type { HttpAnswer, HttpAsk, HttpIn, HttpOut, HttpRequest, HttpServe } from "../../src/wires/http.js";
import { jsonrpc } from "../../src/wires/jsonrpc/wire.js";
import type { Limits, SessionOptions } from "../../src/wires/wire.js";
import { optionsOf } from "./talk.js";

/** What a server answered. */
export interface Heard {
  readonly status: number;
  readonly fields: Readonly<Record<string, string>>;
  readonly text: string;
}

/** An asking end and an answering end of HTTP with nothing between them; bodies come in chunks of so many bytes. */
export function httpPair(serve: HttpServe, chunkBytes: number = Number.POSITIVE_INFINITY): HttpAsk {
  // A transport makes one object for each block of fields at either end.
  const known = new WeakMap<HttpRequest, HttpRequest>();
  return (request, heard, body = "") => {
    const there = known.get(request) ?? { ...request, memo: undefined };
    known.set(request, there);
    const input = serve(there, answering(heard, chunkBytes));
    pour(input, encoded(body), chunkBytes);
    return { ...SILENT, reset: (status) => input.reset(status) };
  };
}

/** A server of the wire over HTTP. */
export function httpServe(dispatch: Dispatch, limits: Partial<Limits> = {}): HttpServe {
  return jsonrpc.http.server(dispatch, optionsOf(limits));
}

/** A client of the wire over HTTP. */
export function httpDispatch(ask: HttpAsk, options: Partial<SessionOptions> = {}): Dispatch {
  return jsonrpc.http.client(ask, { ...optionsOf(), ...options });
}

/** A request as tests write it. */
export function post(parts: Partial<HttpRequest> = {}): HttpRequest {
  return {
    method: "POST",
    path: "/",
    query: "",
    fields: [["content-type", "application/json"]],
    memo: undefined,
    ...parts,
  };
}

/** Posts a body, and hears the answer. */
export async function posted(ask: HttpAsk, body: string | Uint8Array, request: HttpRequest = post()): Promise<Heard> {
  return await new Promise((resolve, reject) => {
    let head: HttpAnswer | undefined;
    const chunks: Uint8Array[] = [];
    ask(
      request,
      {
        answer: (answer) => (head = answer),
        data: (bytes, { start, end }, last) => {
          chunks.push(bytes.slice(start, end));
          if (last)
            resolve({
              status: head?.status ?? 0,
              fields: Object.fromEntries(head?.fields ?? []),
              text: Buffer.concat(chunks).toString(),
            });
          return true;
        },
        room() {},
        reset: (status) => reject(new Error(status.message)),
      },
      body,
    );
  });
}

const SILENT: HttpOut = {
  respond() {},
  head() {},
  data: () => true,
  resume() {},
  reset() {},
  upgrade: () => false,
};

function answering(heard: HttpIn, chunkBytes: number): HttpOut {
  return {
    ...SILENT,
    respond: (head, body) => {
      heard.answer(head);
      pour(heard, encoded(body), chunkBytes);
    },
    reset: (status) => heard.reset(status),
  };
}

/** Gives bytes over in chunks, each lent only until it was heard. */
function pour(heard: HttpIn, bytes: Uint8Array, chunkBytes: number): void {
  const size = Math.min(chunkBytes, Math.max(bytes.length, 1));
  for (let at = 0; at === 0 || at < bytes.length; at += size) {
    const piece = bytes.slice(at, at + size);
    const lent = Uint8Array.from([0x7b, ...piece, 0x7d]);
    heard.data(lent, { start: 1, end: 1 + piece.length }, at + size >= bytes.length);
    lent.fill(0x5b);
  }
}

function encoded(body: string | Uint8Array): Uint8Array {
  return typeof body === "string" ? encodeUtf8(body) : body;
}
