import { failure, type Status } from "../../call/status.js";
import { type Compression, compressionOf } from "../compression.js";
import type { Limits, MessageCodings, SessionOptions } from "../wire.js";

/** Compressions by their number in `compress_type` (src/brpc/options.proto); `coding` is the name that the codings of a session have for it. */
const COMPRESSIONS: readonly { readonly name: string; readonly coding?: string }[] = [
  { name: "none" },
  { name: "snappy" },
  { name: "gzip", coding: "gzip" },
  { name: "zlib", coding: "deflate" },
  { name: "lz4" },
];

/** How this end compresses what it sends, and the number that says so. */
export interface NumberedCompression extends Compression {
  readonly number: number;
}

/** What a session's options ask for; undefined: nothing is compressed, or in no way that the protocol has. */
export function numberedCompression(options: SessionOptions): NumberedCompression | undefined {
  const compression = compressionOf(options);
  const number = COMPRESSIONS.findIndex(({ coding }) => coding !== undefined && coding === compression?.name);
  return compression === undefined || number < 0 ? undefined : { ...compression, number };
}

/** A message as it is to be sent: the same array where it is not compressed, since it is short or would be no shorter. */
export function packed(message: Uint8Array, compression: NumberedCompression | undefined): Uint8Array {
  if (compression === undefined || message.length < compression.minBytes) return message;
  const bytes = compression.coding.encode(message);
  return bytes.length < message.length ? bytes : message;
}

/** A message as it was before it was compressed; a status says why it cannot be read. */
export function decompressed(
  message: Uint8Array,
  number: number,
  options: { readonly limits: Limits; readonly codings?: MessageCodings | undefined },
): Uint8Array | Status {
  const { name, coding: key } = COMPRESSIONS[number] ?? {};
  const coding = key === undefined ? undefined : options.codings?.[key];
  if (coding === undefined) {
    const what = name === undefined ? "" : ` (${name})`;
    return failure(
      "unimplemented",
      `A message with compress_type ${number}${what} cannot be read here: use gzip or zlib.`,
    );
  }
  const { maxMessageBytes } = options.limits;
  const plain = coding.decode(message, maxMessageBytes);
  if (plain === "oversized")
    return failure(
      "resource_exhausted",
      `A message may have ${maxMessageBytes} bytes when decompressed, and this one has more.`,
    );
  if (plain === "broken") return failure("invalid_argument", `A message cannot be decompressed: it is no ${name}.`);
  return plain;
}
