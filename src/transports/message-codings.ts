import * as zlib from "node:zlib";
import type { MessageCoding, MessageCodings } from "../wires/wire.js";
import { wholeZstd } from "./whole-zstd.js";

type Code = (bytes: Uint8Array, options: { readonly maxOutputLength?: number }) => Buffer;

/** Since Node 22.15; Node 20 has none. */
interface MaybeZstd {
  readonly zstdCompressSync?: Code;
  readonly zstdDecompressSync?: Code;
}

const { zstdCompressSync, zstdDecompressSync } = zlib as MaybeZstd; // newer than its declarations

/** Brotli's own default takes a hundred times as long as gzip's for a tenth less. */
const BROTLI = { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 4 } };

/** The codings of single messages that node has, by the names that gRPC and Connect give them, the most common first. */
export const MESSAGE_CODINGS: MessageCodings = {
  gzip: coding(zlib.gzipSync, zlib.gunzipSync),
  deflate: coding(zlib.deflateSync, zlib.inflateSync),
  br: coding((bytes) => zlib.brotliCompressSync(bytes, BROTLI), zlib.brotliDecompressSync),
  ...(zstdCompressSync === undefined || zstdDecompressSync === undefined
    ? {}
    : { zstd: coding(zstdCompressSync, wholly(zstdDecompressSync)) }),
};

/** Node 22 decodes what is cut short as if that were all. */
function wholly(decode: Code): Code {
  return (bytes, options) => {
    if (!wholeZstd(bytes)) throw new TypeError("It is cut short, or no zstd.");
    return decode(bytes, options);
  };
}

/** Messages are small, and a wire needs them at once: so in this thread, and bounded. */
function coding(encode: Code, decode: Code): MessageCoding {
  return {
    encode: (bytes) => plain(encode(bytes, {})),
    decode(bytes, most) {
      // Some peers flag empty messages as compressed, and leave them empty.
      if (bytes.length === 0) return bytes;
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
