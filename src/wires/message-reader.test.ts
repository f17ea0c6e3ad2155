import { describe, expect, test } from "vitest";
import { enveloped } from "../bytes/enveloped.js";
import { MessageReader } from "./message-reader.js";
import type { MessageCoding } from "./wire.js";

/** A coding that everyone can check: each byte follows a 7, and more than two of those are refused as broken. */
const SEVENS: MessageCoding = {
  encode: (bytes) => Uint8Array.from([...bytes].flatMap((byte) => [7, byte])),
  decode(bytes, most) {
    const odd = bytes.filter((_, i) => i % 2 === 1);
    if (bytes.some((byte, i) => i % 2 === 0 && byte !== 7)) return "broken";
    return odd.length > most ? "oversized" : odd;
  },
};

function reading(bytes: Uint8Array, coding?: MessageCoding): MessageReader {
  const reader = new MessageReader(3);
  reader.coding = coding;
  reader.push(bytes, 0, bytes.length);
  return reader;
}

describe("A compressed message", () => {
  test("is read as it was before, and its flag is gone.", () => {
    const reader = reading(enveloped(3, Uint8Array.of(7, 1)), SEVENS);
    expect(reader.read()).toBe("message");
    expect([...reader.body, reader.flags]).toEqual([1, 2]);
    expect(reader.read()).toBe("more");
  });

  test("of a call whose head names no coding is refused.", () => {
    expect(reading(enveloped(1, Uint8Array.of(1))).read()).toMatchObject({ code: "internal" });
  });

  test("that is broken is refused.", () => {
    expect(reading(enveloped(1, Uint8Array.of(1)), SEVENS).read()).toMatchObject({ code: "internal" });
  });

  test("that becomes too long is refused.", () => {
    const reader = new MessageReader(3);
    reader.coding = { ...SEVENS, decode: () => "oversized" };
    reader.push(enveloped(1, Uint8Array.of(1)), 0, 6);
    expect(reader.read()).toMatchObject({
      code: "resource_exhausted",
      message: "A message may have 3 bytes when it is decompressed, and this one has more.",
    });
  });
});

describe("A plain message", () => {
  test("is given as it came, with whatever other flags it has.", () => {
    const reader = reading(enveloped(2, Uint8Array.of(1, 2, 3)), SEVENS);
    expect(reader.read()).toBe("message");
    expect([...reader.body, reader.flags]).toEqual([1, 2, 3, 2]);
  });

  test("that is too long is refused by its head alone.", () => {
    expect(reading(Uint8Array.of(0, 0, 0, 0, 4)).read()).toMatchObject({ code: "resource_exhausted" });
  });
});
