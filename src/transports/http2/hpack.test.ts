import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { OutBuffer } from "../../bytes/out-buffer.js";
import { decodeHuffman, encodeHuffman, huffmanLength } from "./huffman.js";
import type { Entry } from "./header-table.js";
import { HpackDecoder } from "./hpack-decoder.js";
import { HpackEncoder } from "./hpack-encoder.js";

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(" ", ""), "hex"));
const list = (...pairs: readonly (readonly [string, string])[]): Entry[] =>
  pairs.map(([name, value]) => ({ name, value }));

function decoded(decoder: HpackDecoder, text: string): readonly (readonly [string, string])[] | undefined {
  const bytes = hex(text);
  return decoder.decode(bytes, 0, bytes.length)?.fields.map(({ name, value }) => [name, value] as const);
}

function encoded(encoder: HpackEncoder, fields: readonly Entry[]): Uint8Array {
  const out = new OutBuffer();
  encoder.encode(fields, out);
  const bytes = out.view().slice();
  out.release();
  return bytes;
}

describe("The examples of RFC 7541, Appendix C", () => {
  test("C.2: fields on their own", () => {
    const decoder = (): HpackDecoder => new HpackDecoder(4096, 16_384);
    expect(decoded(decoder(), "400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164 6572")).toEqual([
      ["custom-key", "custom-header"],
    ]);
    expect(decoded(decoder(), "040c 2f73 616d 706c 652f 7061 7468")).toEqual([[":path", "/sample/path"]]);
    expect(decoded(decoder(), "1008 7061 7373 776f 7264 0673 6563 7265 74")).toEqual([["password", "secret"]]);
    expect(decoded(decoder(), "82")).toEqual([[":method", "GET"]]);
  });

  const first = [
    [":method", "GET"],
    [":scheme", "http"],
    [":path", "/"],
    [":authority", "www.example.com"],
  ] as const;
  const second = [...first, ["cache-control", "no-cache"]] as const;
  const third = [
    [":method", "GET"],
    [":scheme", "https"],
    [":path", "/index.html"],
    [":authority", "www.example.com"],
    ["custom-key", "custom-value"],
  ] as const;

  test("C.3: requests without Huffman coding", () => {
    const decoder = new HpackDecoder(4096, 16_384);
    expect(decoded(decoder, "8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d")).toEqual(first);
    expect(decoded(decoder, "8286 84be 5808 6e6f 2d63 6163 6865")).toEqual(second);
    expect(decoded(decoder, "8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65")).toEqual(third);
  });

  const codedRequests = [
    "8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff",
    "8286 84be 5886 a8eb 1064 9cbf",
    "8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf",
  ];

  test("C.4: requests with Huffman coding", () => {
    const decoder = new HpackDecoder(4096, 16_384);
    expect(codedRequests.map((request) => decoded(decoder, request))).toEqual([first, second, third]);
  });

  test("C.4 is what the encoder writes", () => {
    const encoder = new HpackEncoder();
    const written = [first, second, third].map((fields) =>
      Buffer.from(encoded(encoder, list(...fields))).toString("hex"),
    );
    expect(written).toEqual(codedRequests.map((request) => request.replaceAll(" ", "")));
  });

  const answers = [
    [
      [":status", "302"],
      ["cache-control", "private"],
      ["date", "Mon, 21 Oct 2013 20:13:21 GMT"],
      ["location", "https://www.example.com"],
    ],
    [
      [":status", "307"],
      ["cache-control", "private"],
      ["date", "Mon, 21 Oct 2013 20:13:21 GMT"],
      ["location", "https://www.example.com"],
    ],
    [
      [":status", "200"],
      ["cache-control", "private"],
      ["date", "Mon, 21 Oct 2013 20:13:22 GMT"],
      ["location", "https://www.example.com"],
      ["content-encoding", "gzip"],
      ["set-cookie", "foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1"],
    ],
  ];

  test("C.5: answers without Huffman coding, with entries dropped from a table of 256 bytes", () => {
    const decoder = new HpackDecoder(256, 16_384);
    const heard = [
      "4803 3330 3258 0770 7269 7661 7465 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3120 474d 546e 1768 7474 7073 3a2f 2f77 7777 2e65 7861 6d70 6c65 2e63 6f6d",
      "4803 3330 37c1 c0bf",
      "88c1 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3220 474d 54c0 5a04 677a 6970 7738 666f 6f3d 4153 444a 4b48 514b 425a 584f 5157 454f 5049 5541 5851 5745 4f49 553b 206d 6178 2d61 6765 3d33 3630 303b 2076 6572 7369 6f6e 3d31",
    ].map((answer) => decoded(decoder, answer));
    expect(heard).toEqual(answers);
  });

  test("C.6: answers with Huffman coding, with entries dropped from a table of 256 bytes", () => {
    const decoder = new HpackDecoder(256, 16_384);
    const heard = [
      "4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6 2d1b ff6e 919d 29ad 1718 63c7 8f0b 97c8 e9ae 82ae 43d3",
      "4883 640e ffc1 c0bf",
      "88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a 839b d9ab 77ad 94e7 821d d7f2 e6c7 b335 dfdf cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5 291f 9587 3160 65c0 03ed 4ee5 b106 3d50 07",
    ].map((answer) => decoded(decoder, answer));
    expect(heard).toEqual(answers);
  });
});

describe("Huffman coding", () => {
  test("gives back every text of bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const text = Buffer.from(bytes).toString("latin1");
        const target = new Uint8Array(800);
        const end = encodeHuffman(text, target, 3);
        expect(end - 3).toBe(huffmanLength(text));
        const back = new Uint8Array(2000);
        const length = decodeHuffman(target, { start: 3, end }, back);
        expect(Buffer.from(back.subarray(0, length)).toString("latin1")).toBe(text);
      }),
    );
  });

  test.each([
    ["the end symbol", "3fff ffff"],
    ["padding of more than seven bits", "1fff"],
    ["padding with a zero", "1e"],
  ])("refuses %s", (_what, text) => {
    const bytes = hex(text);
    expect(decodeHuffman(bytes, { start: 0, end: bytes.length }, new Uint8Array(100))).toBe(-1);
  });
});

describe("A block that is none", () => {
  test.each([
    ["index 0", "80"],
    ["an index beyond the table", "be"],
    ["an index without an end", "ffff ffff ff"],
    ["an index cut short", "ff"],
    ["a name beyond the table", "7f00 0161"],
    ["a text cut short", "400a 6375"],
    ["no value", "4001 61"],
    ["a table larger than allowed", "3fe2 1f"],
    ["a size update after a field", "8220"],
    ["a Huffman code that is none", "4081 ff01 61"],
  ])("%s", (_what, text) => {
    expect(decoded(new HpackDecoder(4096, 16_384), text)).toBeUndefined();
  });
});

describe("The decoder", () => {
  test("gives the same object for a block that comes again, and not after the table has changed", () => {
    const decoder = new HpackDecoder(4096, 16_384);
    const named = hex("4001 6101 62");
    decoder.decode(named, 0, named.length);
    const again = hex("be");
    const one = decoder.decode(again, 0, 1);
    expect(decoder.decode(again, 0, 1)).toBe(one);
    const other = hex("4001 6301 64");
    decoder.decode(other, 0, other.length);
    expect(decoder.decode(again, 0, 1)?.fields).toEqual([{ name: "c", value: "d" }]);
  });

  test("keeps its table right when a list is over the limit", () => {
    const decoder = new HpackDecoder(4096, 100);
    const bytes = hex(`4001 6101 62${"be".repeat(10)}`);
    const block = decoder.decode(bytes, 0, bytes.length);
    expect(block).toMatchObject({ oversized: true, size: 11 * 34 });
    expect(block?.fields).toHaveLength(2);
    expect(decoded(decoder, "be")).toEqual([["a", "b"]]);
  });

  test("survives random bytes", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 64 }), { maxLength: 8 }), (blocks) => {
        const decoder = new HpackDecoder(256, 1024);
        for (const bytes of blocks) if (decoder.decode(bytes, 0, bytes.length) === undefined) break;
      }),
      { numRuns: 500 },
    );
  });
});

const field = fc.record({
  name: fc.constantFrom(
    ":path",
    "content-type",
    "x-a",
    "x-b",
    "grpc-status",
    "authorization",
    "date",
    "x-long-name-of-a-field",
  ),
  value: fc.oneof(fc.constantFrom("", "200", "application/grpc", "/"), fc.stringMatching(/^[ -~]{0,300}$/u)),
});

describe("Encoder and decoder", () => {
  test("agree on any lists, whatever becomes of the size of the table", () => {
    const step = fc.oneof(
      { weight: 5, arbitrary: fc.array(field, { maxLength: 12 }).map((fields) => ({ fields })) },
      { weight: 1, arbitrary: fc.constantFrom(0, 60, 200, 4096, 100_000).map((limit) => ({ limit })) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const encoder = new HpackEncoder();
        const decoder = new HpackDecoder(100_000, 1_000_000);
        // Both begin with the size of the protocol's beginning (RFC 9113 §6.5.2).
        for (const each of steps) {
          if ("limit" in each) encoder.limit(each.limit);
          else
            for (let times = 0; times < 2; times += 1) {
              const bytes = encoded(encoder, each.fields);
              expect(decoder.decode(bytes, 0, bytes.length)?.fields).toEqual(each.fields);
            }
        }
      }),
    );
  });
});
