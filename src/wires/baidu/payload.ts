import { crc32c } from "../../bytes/crc32c.js";
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

/** Reads the bytes after a meta: size, checksum, compression. A status says what is wrong with them; the connection can go on. */
export function readPayload(rest: Uint8Array, meta: RpcMeta, options: ReadOptions): Payload | Status {
  const { attachmentSize } = meta;
  const { maxMessageBytes } = options.limits;
  const messageBytes = rest.length - attachmentSize;
  if (attachmentSize < 0 || messageBytes < 0)
    return failure(
      "invalid_argument",
      `An attachment of ${attachmentSize} bytes cannot be, where ${rest.length} bytes follow the meta.`,
    );
  if (messageBytes > maxMessageBytes || attachmentSize > maxMessageBytes)
    return failure("resource_exhausted", oversized(maxMessageBytes));
  const message = attachmentSize === 0 ? rest : rest.subarray(0, messageBytes);
  if (meta.checksumType !== 0) {
    const wrong = checked(meta.checksumWithAttachment ? rest : message, meta, options.packet);
    if (wrong !== undefined) return wrong;
  }
  const plain = meta.compressType === 0 ? message : decompressed(message, meta.compressType, options);
  if (!(plain instanceof Uint8Array)) return plain;
  // The chunk that it lies in is lent, and methods keep what they are given.
  return { message: plain, attachment: attachmentSize === 0 ? undefined : rest.slice(messageBytes) };
}

/** What to say of a message or an attachment with too many bytes. */
export function oversized(maxMessageBytes: number): string {
  return `A message and an attachment may have ${maxMessageBytes} bytes each, and here one has more: raise maxMessageBytes.`;
}

/** As PayloadOptions, and the bytes that the meta's ranges are places in. */
export interface ReadOptions extends PayloadOptions {
  readonly packet: Uint8Array;
}

function checked(bytes: Uint8Array, { checksumType, checksum }: RpcMeta, packet: Uint8Array): Status | undefined {
  if (checksumType !== CRC32C)
    return failure("unimplemented", `A checksum of type ${checksumType} is not known here: use 1, CRC-32C.`);
  const { start, end } = checksum;
  const view = new DataView(packet.buffer, packet.byteOffset + start, end - start);
  if (view.byteLength === 4 && view.getUint32(0) === masked(crc32c(bytes))) return undefined;
  return failure("invalid_argument", "The checksum is another than that of the bytes that came.");
}
