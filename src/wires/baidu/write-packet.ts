import { crc32c } from "../../bytes/crc32c.js";
import { FieldWriter, fieldRoom } from "../../bytes/field-writer.js";
import type { OutBuffer } from "../../bytes/out-buffer.js";
import { HEAD_BYTES } from "./packet-reader.js";

const PRPC = 0x5052_5043;
/** The compression, the correlation id, the attachment's size, and the checksum with its kind. */
const META_ROOM = fieldRoom(0) * 5;
/** The one kind of checksum there is (src/brpc/checksum.h). */
export const CRC32C = 1;
const CHECKSUM_BYTES = 4;

/** What a packet says beside its message. The call itself is this, so that nothing else is made. */
export interface PacketHead {
  /** Fields of the meta that are the same for many calls. */
  readonly prefix: Uint8Array;
  /** The correlation id, in two halves. */
  readonly idLow: number;
  readonly idHigh: number;
  /** Fields of the meta that this packet alone has. */
  readonly extra: Uint8Array;
  readonly attachment: Uint8Array | undefined;
  /** How the message is compressed, by its number; 0: not at all. */
  readonly compressType: number;
  /** The message goes with its checksum. */
  readonly checked: boolean;
}

const writer = new FieldWriter();

/** Writes a packet of a call; returns how many bytes it has. The message is compressed already. */
export function writePacket(output: OutBuffer, head: PacketHead, message: Uint8Array): number {
  const { prefix, extra, attachment } = head;
  const attached = attachment === undefined ? 0 : attachment.length;
  const at = output.reserve(HEAD_BYTES + META_ROOM + prefix.length + extra.length + message.length + attached);
  writer.open(output.bytes, at + HEAD_BYTES);
  writer.raw(prefix);
  if (head.compressType !== 0) writer.number(3, head.compressType);
  writer.number(4, head.idLow, head.idHigh);
  if (attached > 0) writer.number(5, attached);
  if (head.checked) {
    writer.number(11, CRC32C);
    writer.head(12, CHECKSUM_BYTES);
    writer.uint32(masked(crc32c(message)));
  }
  if (extra.length > 0) writer.raw(extra);
  const metaBytes = writer.at - at - HEAD_BYTES;
  writer.raw(message);
  if (attachment !== undefined) writer.raw(attachment);
  output.length = writer.at;
  writer.open(output.bytes, at);
  writer.uint32(PRPC);
  writer.uint32(output.length - at - HEAD_BYTES);
  writer.uint32(metaBytes);
  writer.open(NONE, 0);
  return output.length - at;
}

/** A checksum as packets carry it: turned, so that the checksum of what holds one is not worn out (src/butil/crc32c.h). */
export function masked(crc: number): number {
  return (((crc >>> 15) | (crc << 17)) + 0xa282_ead8) >>> 0;
}

const NONE = new Uint8Array(0);
