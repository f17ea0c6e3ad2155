import { expect, test } from "vitest";
import { MESSAGE_CODINGS } from "./message-codings.js";
import { wholeZstd } from "./whole-zstd.js";

const MAGIC = [0x28, 0xb5, 0x2f, 0xfd];
const CHECKSUM = [1, 2, 3, 4];
/** Blocks of two raw bytes, of one byte 100,000 times, and of three compressed bytes; then the last of none. */
const BLOCKS = [...block(0, 2), 7, 7, ...block(1, 100_000), 8, ...block(2, 3), 9, 9, 9, ...block(0, 0, true)];

/** A block's header (RFC 8878 §3.1.1.2). */
function block(type: number, size: number, last = false): number[] {
  const header = (size << 3) | (type << 1) | Number(last);
  return [header & 255, (header >> 8) & 255, header >> 16];
}

/** Frames by what their descriptors say: none of the fields, all of the longest, a single segment, one with a checksum. */
const FRAMES: readonly (readonly [string, readonly number[]])[] = [
  ["plain", [...MAGIC, 0x00, 0x50, ...BLOCKS]],
  ["with a dictionary and a size of 8 bytes", [...MAGIC, 0xc3, 0x50, 1, 2, 3, 4, 1, 2, 3, 4, 5, 6, 7, 8, ...BLOCKS]],
  ["with a dictionary of 2 bytes and a size of 2", [...MAGIC, 0x42, 0x50, 1, 2, 1, 2, ...BLOCKS]],
  ["of one segment, with a size of 1 byte and a checksum", [...MAGIC, 0x24, 5, ...BLOCKS, ...CHECKSUM]],
  ["of one segment, with a size of 4 bytes", [...MAGIC, 0xa0, 5, 0, 0, 0, ...BLOCKS]],
  ["that is skipped", [0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]],
];

test.each(FRAMES)("A frame %s is whole, and nowhere it is cut, in another's place or behind another.", (_, frame) => {
  const before = [0, 0, ...frame];
  expect(wholeZstd(Uint8Array.from(frame))).toBe(true);
  expect(wholeZstd(Uint8Array.from(before).subarray(2))).toBe(true);
  expect(wholeZstd(Uint8Array.from([...frame, ...frame]))).toBe(true);
  for (let cut = 0; cut < frame.length; cut += 1) {
    expect(wholeZstd(Uint8Array.from(frame.slice(0, cut)))).toBe(false);
    if (cut > 0) expect(wholeZstd(Uint8Array.from([...frame, ...frame.slice(0, cut)]))).toBe(false);
    // What lies behind a part of a buffer is not its own.
    expect(wholeZstd(Uint8Array.from(frame).subarray(0, cut))).toBe(false);
  }
});

test("What is no zstd is not whole.", () => {
  for (const text of ["", "x", "no zstd at all, but long enough for a header of it"])
    expect(wholeZstd(new TextEncoder().encode(text))).toBe(false);
});

test("Random bytes behind a frame's first ones never throw, and long ones end.", () => {
  let seed = 7;
  const random = (): number => (seed = (seed * 48_271) % 2_147_483_647) & 255;
  for (let length = 0; length < 3000; length += 1) {
    const tail = Array.from({ length: length % 100 }, random);
    expect(wholeZstd(Uint8Array.from([...MAGIC, ...tail]))).toBeTypeOf("boolean");
  }
});

test("What node makes is whole, of any length, and nowhere it is cut.", () => {
  for (const length of [0, 1, 200, 300, 70_000, 400_000]) {
    const bytes = MESSAGE_CODINGS["zstd"]?.encode(Uint8Array.from({ length }, (_, n) => (n * n) % 251));
    // Node has it from 22.15 on.
    if (bytes === undefined) return;
    expect(wholeZstd(bytes)).toBe(true);
    for (let cut = 0; cut < bytes.length; cut += Math.max(1, bytes.length >> 9))
      expect(wholeZstd(bytes.subarray(0, cut))).toBe(false);
  }
});
