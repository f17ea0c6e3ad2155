import { decodeAnyBase64, encodeUnpadded } from "../../bytes/base64-text.js";
import { decodeUtf8, encodeUtf8 } from "../../bytes/utf8.js";

/** What the query of a GET says (https://connectrpc.com/docs/protocol#unary-get-request). */
export interface GetQuery {
  /** The value of `connect`: `v1`; undefined where it is left out. */
  readonly version: string | undefined;
  /** The name of the codec; undefined where it is left out. */
  readonly encoding: string | undefined;
  /** How the message is compressed; undefined where it is not. */
  readonly compression: string | undefined;
  /** The message, as it was sent; `missing`, or `broken` where it is no base64. */
  readonly message: Uint8Array | "missing" | "broken";
}

/** Reads the query of a GET: in any order, with whatever else is there. */
export function readQuery(query: string): GetQuery {
  const parameters = new URLSearchParams(query);
  const named = (name: string): string | undefined => parameters.get(name) ?? undefined;
  const text = named("message");
  const bytes =
    text === undefined ? "missing" : named("base64") === "1" ? (decodeAnyBase64(text) ?? "broken") : encodeUtf8(text);
  const compression = named("compression");
  return {
    version: named("connect"),
    encoding: named("encoding"),
    compression: compression === "identity" || compression === "" ? undefined : compression,
    message: bytes,
  };
}

/** What is to be asked for by a GET. */
export interface GetMessage {
  readonly encoding: string;
  readonly compression: string | undefined;
  readonly message: Uint8Array;
}

/** Writes the query of a GET, in the order that shared caches are to see; in base64 where the message may be other than text. */
export function writeQuery({ encoding, compression, message }: GetMessage): string {
  const text = encoding === "json" && compression === undefined ? decodeUtf8(message, 0, message.length) : undefined;
  const coded =
    text === undefined ? encodeUnpadded(message).replaceAll("+", "-").replaceAll("/", "_") : encodeURIComponent(text);
  const base64 = text === undefined ? "&base64=1" : "";
  const packed = compression === undefined ? "" : `&compression=${encodeURIComponent(compression)}`;
  return `connect=v1${base64}${packed}&encoding=${encoding}&message=${coded}`;
}
