import { crc32c } from "../../bytes/crc32c.js";
import { FieldWriter, fieldRoom } from "../../bytes/field-writer.js";
import type { OutBuffer } from "../../bytes/out-buffer.js";
import { HEAD_BYTES } from "./packet-reader.js";

const PRPC = 0x5052_5043;
/** The tag of the correlation id. */
const ID_TAG = 0x20;
/** Up to so many bytes are copied one by one. */
const FEW_BYTES = 64;
/** The compression, the correlation id, the attachment's size, and the checksum with its kind. */
const META_ROOM = fieldRoom(0) * 5;
/** The one kind of checksum there is (src/brpc/checksum.h). */
export const CRC32C = 1;
const CHECKSUM_BYTES = 4;

/** What a packet says beside its message. The call itself is this, so that nothing else is made. */
export interface PacketHead {
  /** Fields of the meta that are the same for many calls. */
  readonly prefix: Uint8Array;
  /** The correlation id, in two halves, of any sign. */
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
  const isPlain = head.extra.length === 0 && head.attachment === undefined && head.compressType === 0 && !head.checked;
  return isPlain ? writePlain(output, head, message) : writeWhole(output, head, message);
}

/** What nearly all packets are, byte by byte: for so few of them every call costs more than what it does. */
function writePlain(output: OutBuffer, { prefix, idLow, idHigh }: PacketHead, message: Uint8Array): number {
  const prefixBytes = prefix.length;
  const messageBytes = message.length;
  const start = output.reserve(HEAD_BYTES + fieldRoom(0) + prefixBytes + messageBytes);
  const { bytes } = output;
  let at = start + HEAD_BYTES;
  for (let i = 0; i < prefixBytes; i += 1) bytes[at + i] = prefix[i] ?? 0;
  at += prefixBytes;
  bytes[at] = ID_TAG;
  at += 1;
  let low = idLow >>> 0;
  let high = idHigh >>> 0;
  while (high !== 0 || low >= 0x80) {
    bytes[at] = (low & 0x7f) | 0x80;
    at += 1;
    low = ((low >>> 7) | (high << 25)) >>> 0;
    high >>>= 7;
  }
  bytes[at] = low;
  at += 1;
  const metaBytes = at - start - HEAD_BYTES;
  if (messageBytes > FEW_BYTES) bytes.set(message, at);
  else for (let i = 0; i < messageBytes; i += 1) bytes[at + i] = message[i] ?? 0;
  output.length = at + messageBytes;
  writeUint32(bytes, start, PRPC);
  writeUint32(bytes, start + 4, metaBytes + messageBytes);
  writeUint32(bytes, start + 8, metaBytes);
  return output.length - start;
}

function writeUint32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}

function writeWhole(output: OutBuffer, head: PacketHead, message: Uint8Array): number {
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
