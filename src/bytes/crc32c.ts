/** The polynomial of CRC-32C, its bits in the order in which they are divided (RFC 9260 §B). */
const POLYNOMIAL = 0x82f6_3b78;
const TABLE: Int32Array = table();

/**
 * The CRC-32C (Castagnoli) of bytes `start` to `end`, unsigned. To go on where another piece ended, give what that came to as `before`.
 */
export function crc32c(bytes: Uint8Array, { start = 0, end = bytes.length, before = 0 }: CrcOptions = {}): number {
  let crc = ~before;
  // The caller stays within the bytes, and the table has an entry for each.
  for (let at = start; at < end; at += 1) crc = (crc >>> 8) ^ (TABLE[(crc ^ (bytes[at] ?? 0)) & 0xff] ?? 0);
  return ~crc >>> 0;
}

/** What part of an array is meant, and what came before it. */
export interface CrcOptions {
  readonly start?: number;
  readonly end?: number;
  readonly before?: number;
}

function table(): Int32Array {
  return Int32Array.from({ length: 256 }, (_, index) => {
    let crc = index;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc & 1) === 0 ? crc >>> 1 : (crc >>> 1) ^ POLYNOMIAL;
    return crc;
  });
}
