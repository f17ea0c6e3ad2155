/** The first bytes of a frame (RFC 8878 §3.1.1), and of one that is skipped but for its last digit (§3.1.2); little-endian. */
const FRAME = 0xfd2fb528;
const SKIPPED = 0x184d2a50;
/** How long the parts of a frame's header are, by the flags for them in its descriptor (§3.1.1.1.1). */
const DICTIONARY_BYTES = [0, 1, 2, 4] as const;
const CONTENT_SIZE_BYTES = [0, 2, 4, 8] as const;
/** A block of this type is one byte, repeated (§3.1.1.2.2). */
const RLE = 1;
const BLOCK_HEADER_BYTES = 3;
const CHECKSUM_BYTES = 4;

/**
 * Whether bytes are frames of zstd from end to end, by the lengths that these tell (RFC 8878 §3). Node 22 takes a frame that is cut short for one
 * that holds less. What is in the blocks is not looked at.
 */
export function wholeZstd(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = 0;
  while (at < bytes.length) {
    const end = endOfFrame(view, at);
    if (end === undefined || end > bytes.length) return false;
    at = end;
  }
  return at > 0;
}

/** Where the frame that begins at `at` ends; undefined where it is none, or ends before it tells. May be beyond the end. */
function endOfFrame(view: DataView, at: number): number | undefined {
  if (at + 8 > view.byteLength) return undefined;
  const magic = view.getUint32(at, true);
  if (magic >>> 4 === SKIPPED >>> 4) return at + 8 + view.getUint32(at + 4, true);
  return magic === FRAME ? endOfBlocks(view, at + 4) : undefined;
}

/** Where the frame ends whose descriptor is at `at`. */
function endOfBlocks(view: DataView, at: number): number | undefined {
  const descriptor = view.getUint8(at);
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const sizeBytes = CONTENT_SIZE_BYTES[descriptor >>> 6] ?? 0;
  // A single segment has no byte for its window, and one at least for its size.
  const fixed = isSingleSegment ? 1 + Math.max(1, sizeBytes) : 2 + sizeBytes;
  let block = at + fixed + (DICTIONARY_BYTES[descriptor & 3] ?? 0);
  while (block + BLOCK_HEADER_BYTES <= view.byteLength) {
    const header = view.getUint16(block, true) | (view.getUint8(block + 2) << 16);
    const isLast = (header & 1) !== 0;
    block += BLOCK_HEADER_BYTES + (((header >>> 1) & 3) === RLE ? 1 : header >>> 3);
    if (isLast) return block + ((descriptor & 4) === 0 ? 0 : CHECKSUM_BYTES);
  }
  return undefined;
}
