import { crc32c } from "../../bytes/crc32c.js";
import { copyOf } from "../../bytes/slab.js";
import { failure, type Status } from "../../call/status.js";
import type { Limits, MessageCodings } from "../wire.js";
import { decompressed } from "./compression.js";
import type { RpcMeta } from "./rpc-meta.js";
import { CRC32C, masked } from "./write-packet.js";

/** What a packet holds after its meta. */
export interface Payload {
  /** The message as it was before it was compressed; lent. */
  readonly message: Uint8Array;
  /** Copied, since it goes on living; undefined where there is none. */
  readonly attachment: Uint8Array | undefined;
}

/** What is needed to read payloads. */
export interface PayloadOptions {
  readonly limits: Limits;
  readonly codings?: MessageCodings | undefined;
}

/** Where a packet lies in its bytes: the meta, and what follows it up to the end. */
export interface PacketPlace {
  readonly bytes: Uint8Array;
  readonly metaStart: number;
  readonly metaEnd: number;
  readonly end: number;
  /** A part of the bytes; lent, and settled where it may be kept. */
  part(start: number, end: number): Uint8Array;
}

/** Reads the bytes after a meta: size, checksum, compression. A status says what is wrong with them; the connection can go on. */
export function readPayload(place: PacketPlace, meta: RpcMeta, options: PayloadOptions): Payload | Status {
  const { metaEnd, end } = place;
  const { attachmentSize } = meta;
  const { maxMessageBytes } = options.limits;
  const messageBytes = end - metaEnd - attachmentSize;
  if (attachmentSize < 0 || messageBytes < 0)
    return failure(
      "invalid_argument",
      `An attachment of ${attachmentSize} bytes cannot be, where ${end - metaEnd} bytes follow the meta.`,
    );
  if (messageBytes > maxMessageBytes || attachmentSize > maxMessageBytes)
    return failure("resource_exhausted", oversized(maxMessageBytes));
  const messageEnd = metaEnd + messageBytes;
  if (meta.checksumType !== 0) {
    const wrong = checked(place, meta, meta.checksumWithAttachment ? end : messageEnd);
    if (wrong !== undefined) return wrong;
  }
  const message = place.part(metaEnd, messageEnd);
  const plain = meta.compressType === 0 ? message : decompressed(message, meta.compressType, options);
  if (!(plain instanceof Uint8Array)) return plain;
  // The chunk that it lies in is lent, and methods keep what they are given.
  return { message: plain, attachment: attachmentSize === 0 ? undefined : copyOf(place.part(messageEnd, end)) };
}

/** What to say of a message or an attachment with too many bytes. */
export function oversized(maxMessageBytes: number): string {
  return `A message and an attachment may have ${maxMessageBytes} bytes each, and here one has more: raise maxMessageBytes.`;
}

function checked(place: PacketPlace, meta: RpcMeta, end: number): Status | undefined {
  const { checksumType, checksum } = meta;
  if (checksumType !== CRC32C)
    return failure("unimplemented", `A checksum of type ${checksumType} is not known here: use 1, CRC-32C.`);
  const { bytes, metaEnd } = place;
  const view = new DataView(bytes.buffer, bytes.byteOffset + checksum.start, checksum.end - checksum.start);
  if (view.byteLength === 4 && view.getUint32(0) === masked(crc32c(bytes, { start: metaEnd, end }))) return undefined;
  return failure("invalid_argument", "The checksum is another than that of the bytes that came.");
}
