import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { OutBuffer } from "../../bytes/out-buffer.js";
import { decodeUtf8 } from "../../bytes/utf8.js";
import { type ByteOrder, FrameReader, FrameWriter, readLength } from "./codec.js";

const LIMIT = 4 * 1024 * 1024;
const ORDERS: readonly ByteOrder[] = ["little", "big"];

/** A frame made the slow way: the length by DataView, the body by TextEncoder. */
function packed(text: string, order: ByteOrder, length?: number): Uint8Array {
  const body = new TextEncoder().encode(text);
  const bytes = new Uint8Array(4 + body.length);
  new DataView(bytes.buffer).setUint32(0, length ?? body.length, order === "little");
  bytes.set(body, 4);
  return bytes;
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

/** Reads bytes in chunks that end at `cuts`, each in memory that is overwritten as soon as the reader has been told to keep its own. */
function readAll(reader: FrameReader, bytes: Uint8Array, cuts: readonly number[]): (string | undefined)[] {
  const found: (string | undefined)[] = [];
  let from = 0;
  for (const to of [...cuts, bytes.length]) {
    const chunk = bytes.slice(from, to);
    from = to;
    reader.push(chunk);
    for (let kind = reader.next(); kind !== undefined; kind = reader.next()) {
      const text = decodeUtf8(reader.bytes, reader.start, reader.end);
      found.push(kind === "frame" ? text : `${kind}: ${text}`);
      if (kind === "hopeless") return found;
    }
    reader.keep();
    chunk.fill(0xee);
  }
  return found;
}

const everyByte = (bytes: Uint8Array): number[] => Array.from({ length: bytes.length }, (_, i) => i);

/** JSON texts with every kind of character, as frames hold them. */
const json = fc.jsonValue({ stringUnit: "binary", maxDepth: 3 }).map((value) => JSON.stringify(value));
const order = fc.constantFrom(...ORDERS);
const sorted = (cuts: readonly number[], length: number): number[] =>
  cuts.map((cut) => cut % (length + 1)).toSorted((a, b) => a - b);

describe("FrameReader", () => {
  test("reads any frames back, cut anywhere, in either byte order, told or found out", () => {
    const input = fc.record({
      texts: fc.array(json, { minLength: 1, maxLength: 6 }),
      cuts: fc.array(fc.nat(), { maxLength: 12 }),
      order,
      told: fc.boolean(),
    });
    fc.assert(
      fc.property(input, ({ texts, cuts, order: written, told }) => {
        const bytes = joined(...texts.map((text) => packed(text, written)));
        const reader = new FrameReader(LIMIT, told ? written : undefined);
        expect(readAll(reader, bytes, sorted(cuts, bytes.length))).toEqual(texts);
        expect(reader.order).toBe(written);
        expect(reader.held).toBe(0);
      }),
      { numRuns: 100 },
    );
  });

  test.each(ORDERS)("reads small frames back at every single cut, at every two, and byte by byte (%s-endian)", (at) => {
    const texts = ['{"in":"é"}', "[]", '"😀"'];
    const bytes = joined(...texts.map((text) => packed(text, at)));
    for (let one = 0; one <= bytes.length; one += 1) {
      expect(readAll(new FrameReader(LIMIT), bytes, [one])).toEqual(texts);
      for (let two = one; two <= bytes.length; two += 1) {
        expect(readAll(new FrameReader(LIMIT), bytes, [one, two])).toEqual(texts);
      }
    }
    expect(readAll(new FrameReader(LIMIT), bytes, everyByte(bytes))).toEqual(texts);
  });

  test.each(
    ORDERS.flatMap((at) =>
      [255, 256, 257, 512, 65_535, 65_536, 65_537, 131_072].map((length) => [length, at] as const),
    ),
  )(
    "finds the byte order of a first frame of %i bytes (%s-endian), which may look like another length",
    (length, at) => {
      const text = JSON.stringify("x".repeat(length - 2));
      for (const cuts of [[], [3], [4], [5], [length + 3]]) {
        const reader = new FrameReader(LIMIT);
        expect(readAll(reader, joined(packed(text, at), packed("[1]", at)), cuts)).toEqual([text, "[1]"]);
        expect(reader.order).toBe(at);
      }
    },
  );

  test.each(ORDERS)("a first length that reads the same in both orders leaves the order open (%s-endian)", (at) => {
    const same = JSON.stringify("x".repeat(0x01_01_00 - 2));
    for (const first of ["", same]) {
      const reader = new FrameReader(LIMIT);
      const bytes = joined(packed(first, at), packed("[1]", at), packed("[2]", at));
      expect(readAll(reader, bytes, [2])).toEqual([first, "[1]", "[2]"]);
      expect(reader.order).toBe(at);
    }
  });

  test("a frame over the limit is shown by its beginning, skipped, and the next one read", () => {
    const input = fc.record({
      over: fc.integer({ min: 1, max: 1500 }),
      cuts: fc.array(fc.nat(), { maxLength: 6 }),
      order,
    });
    fc.assert(
      fc.property(input, ({ over, cuts, order: written }) => {
        const limit = 100;
        const long = "y".repeat(limit + over);
        const bytes = joined(packed("[0]", written), packed(long, written), packed("[1]", written));
        const found = readAll(new FrameReader(limit, written), bytes, sorted(cuts, bytes.length));
        expect(found).toEqual(["[0]", `skipped: ${long.slice(0, 512)}`, "[1]"]);
      }),
    );
  });

  test("a frame of exactly the limit is read, and one byte more is over it", () => {
    const text = JSON.stringify("z".repeat(98));
    expect(readAll(new FrameReader(100), packed(text, "little"), [])).toEqual([text]);
    expect(readAll(new FrameReader(99), packed(text, "little"), [])).toEqual([`skipped: ${text}`]);
  });

  test("sixteen times the limit is skipped, more is hopeless, and that is known as soon as the length is", () => {
    const limit = 100;
    const skipped = packed("y".repeat(16 * limit), "little");
    expect(readAll(new FrameReader(limit, "little"), skipped, [])[0]).toMatch(/^skipped/u);
    const reader = new FrameReader(limit, "little");
    expect(readAll(reader, packed("", "little", 16 * limit + 1), [1, 2, 3])).toEqual(["hopeless: "]);
    expect(readAll(new FrameReader(limit, "big"), packed("{}", "big", 0xffff_ffff), [])).toEqual(["hopeless: {}"]);
  });

  test("a skipped frame costs no more memory than a chunk of it", () => {
    const reader = new FrameReader(1000, "little");
    const chunk = new Uint8Array(1000).fill(0x78);
    reader.push(packed("", "little", 15_000));
    expect(reader.next()).toBeUndefined();
    reader.keep();
    for (let sent = 0; sent < 15_000; sent += 1000) {
      reader.push(chunk);
      while (reader.next() !== undefined);
      reader.keep();
      expect(reader.bytes.length).toBeLessThan(5000);
    }
    expect(reader.held).toBe(0);
  });

  test("what is left of a chunk is copied, of a node Buffer too", () => {
    const reader = new FrameReader(LIMIT, "little");
    const bytes = packed("[1]", "little");
    const chunk = Buffer.from(bytes.subarray(0, 5));
    reader.push(chunk);
    expect(reader.next()).toBeUndefined();
    reader.keep();
    chunk.fill(0xee);
    reader.push(bytes.subarray(5));
    expect(reader.next()).toBe("frame");
    expect(decodeUtf8(reader.bytes, reader.start, reader.end)).toBe("[1]");
  });

  test("a length without a body costs no memory", () => {
    const reader = new FrameReader(LIMIT, "little");
    reader.push(packed('{"in":', "little", LIMIT));
    expect(reader.next()).toBeUndefined();
    reader.keep();
    expect(reader.bytes.length).toBeLessThan(64);
    for (let i = 0; i < 100; i += 1) {
      reader.push(Uint8Array.of(0x20));
      expect(reader.next()).toBeUndefined();
      reader.keep();
    }
    expect(reader.bytes.length).toBeLessThan(1024);
  });

  test("a frame that comes byte by byte is copied a few times, not once a byte", () => {
    const text = JSON.stringify("x".repeat(200_000));
    const bytes = packed(text, "little");
    const reader = new FrameReader(LIMIT);
    const homes = new Set<ArrayBufferLike>();
    for (const byte of bytes) {
      reader.push(Uint8Array.of(byte));
      const found = reader.next();
      homes.add(reader.bytes.buffer);
      if (found === "frame") expect(decodeUtf8(reader.bytes, reader.start, reader.end)).toBe(text);
      reader.keep();
    }
    expect(homes.size).toBeLessThan(25);
    expect(reader.held).toBe(0);
  });

  test("readLength reads all 32 bits as an unsigned number", () => {
    fc.assert(
      fc.property(fc.nat(0xffff_ffff), order, (length, written) => {
        expect(readLength(packed("", written, length), 0, written)).toBe(length);
      }),
    );
    expect(readLength(Uint8Array.of(0xff, 0xff, 0xff, 0xff), 0, "little")).toBe(0xffff_ffff);
  });
});

/** What a writer makes of texts, after `before` bytes that stand in the buffer already. */
function written(texts: readonly string[], at: ByteOrder, before = 0): { bytes: Uint8Array; announced: number } {
  const writer = new FrameWriter(at);
  const buffer = new OutBuffer();
  buffer.push(new Uint8Array(before).fill(0xaa));
  let announced = 0;
  for (const text of texts) announced += writer.add(text);
  writer.writeTo(buffer);
  const bytes = buffer.view().slice(before);
  writer.writeTo(buffer);
  expect(buffer.length, "what was written is not written again").toBe(before + bytes.length);
  buffer.release();
  return { bytes, announced };
}

describe("FrameWriter", () => {
  test("writes any texts as frames, whatever was in the buffer before", () => {
    const text = fc.oneof(json, fc.string({ unit: "binary-ascii" }), fc.string({ unit: "binary" }), fc.constant(""));
    const input = fc.record({ texts: fc.array(text, { maxLength: 8 }), order, before: fc.nat(100) });
    fc.assert(
      fc.property(input, ({ texts, order: at, before }) => {
        expect(written(texts, at, before).bytes).toEqual(joined(...texts.map((one) => packed(one, at))));
      }),
      { numRuns: 200 },
    );
  });

  const LONG = "x".repeat(70_000);
  test.each<[string, readonly string[]]>([
    ["ASCII alone", ['{"a":1}', "[]"]],
    ["one character of two bytes, at the end", ['"aé"']],
    ["one character of two bytes, at the beginning", ['"éa"']],
    ["ASCII before and after others", ['{"a":1}', '"é€😀"', "[]"]],
    ["more than 64 KiB of ASCII", [JSON.stringify(LONG), "[1]", JSON.stringify(LONG)]],
    ["more than 64 KiB of others", [JSON.stringify("é".repeat(70_000)), "[1]"]],
    ["one character of two bytes behind 64 KiB", [JSON.stringify(`${LONG}é`), "[1]"]],
    ["zero bytes as text", ["\0\0\0\0", "\0"]],
  ])("writes %s as a reader expects it", (_what, texts) => {
    for (const at of ORDERS) {
      expect(readAll(new FrameReader(LIMIT, at), written(texts, at).bytes, [])).toEqual(texts);
    }
  });

  test("half a surrogate pair becomes a replacement character and spoils no other frame", () => {
    const texts = ['"a\ud800"', '"\udc00b"', '"😀"'];
    expect(readAll(new FrameReader(LIMIT, "little"), written(texts, "little").bytes, [])).toEqual([
      '"a\uFFFD"',
      '"\uFFFDb"',
      '"😀"',
    ]);
  });

  test("announces the bytes of ASCII exactly", () => {
    const { bytes, announced } = written(['{"a":1}', "[]"], "little");
    expect(announced).toBe(bytes.length);
    expect(written([], "little").bytes.length).toBe(0);
  });

  test("a change of byte order holds for what has not been written yet", () => {
    const writer = new FrameWriter("little");
    const buffer = new OutBuffer();
    writer.add("[1]");
    writer.order = "big";
    writer.writeTo(buffer);
    expect(buffer.view()).toEqual(packed("[1]", "big"));
    buffer.release();
  });
});
