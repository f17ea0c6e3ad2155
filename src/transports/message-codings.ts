import { deflateSync, gunzipSync, gzipSync, inflateSync } from "node:zlib";
import type { MessageCoding, MessageCodings } from "../wires/wire.js";

/** The codings of single messages that node has, by the names that gRPC and Connect give them. */
export const MESSAGE_CODINGS: MessageCodings = {
  gzip: coding(gzipSync, gunzipSync),
  deflate: coding(deflateSync, inflateSync),
};

type Code = (bytes: Uint8Array, options: { readonly maxOutputLength?: number }) => Buffer;

/** Messages are small, and a wire needs them at once: so in this thread, and bounded. */
function coding(encode: Code, decode: Code): MessageCoding {
  return {
    encode: (bytes) => plain(encode(bytes, {})),
    decode(bytes, most) {
      try {
        return plain(decode(bytes, { maxOutputLength: Math.max(1, most) }));
      } catch (error) {
        return isTooLong(error) ? "oversized" : "broken";
      }
    },
  };
}

function isTooLong(error: unknown): boolean {
  return error instanceof RangeError && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE";
}

/** Without node's Buffer around it, whose methods differ. */
function plain(bytes: Buffer): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}
