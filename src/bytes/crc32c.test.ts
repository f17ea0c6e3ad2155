import { expect, test } from "vitest";
import { crc32c } from "./crc32c.js";

test("The check value of CRC-32C, and the values of RFC 3720 §B.4.", () => {
  expect(crc32c(new TextEncoder().encode("123456789"))).toBe(0xe306_9283);
  expect(crc32c(new Uint8Array(32))).toBe(0x8a91_36aa);
  expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8_ab43);
  expect(crc32c(Uint8Array.from({ length: 32 }, (_, n) => n))).toBe(0x46dd_794e);
  expect(crc32c(new Uint8Array(0))).toBe(0);
});

test("Pieces come to what the whole comes to, at every split.", () => {
  const bytes = Uint8Array.from({ length: 50 }, (_, n) => n * 37);
  const whole = crc32c(bytes);
  for (let split = 0; split <= bytes.length; split += 1)
    expect(crc32c(bytes, { start: split, before: crc32c(bytes, { end: split }) })).toBe(whole);
});
