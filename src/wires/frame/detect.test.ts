import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeUtf8 } from "../../bytes/utf8.js";
import { detect, DETECT_BYTES } from "../detect.js";
import { DEFAULT_LIMITS } from "../limits.js";
import type { Verdict } from "../wire.js";
import { detectFrame } from "./detect.js";
import { frame } from "./wire.js";

function bytes(...parts: readonly (string | readonly number[])[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...(typeof part === "string" ? encodeUtf8(part) : part)]));
}

function length(value: number, order: "little" | "big"): number[] {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint32(0, value, order === "little");
  return [...new Uint8Array(view.buffer)];
}

const PING = '{"in":"ping","params":"x"}';
/** A ClientHello whose record has so many bytes. */
const hello = (size: number): Uint8Array => bytes([0x16, 0x03, 0x01, size >> 8, size & 0xff, 0x01, 0x00, 0x00], "xxxx");

/** What a connection begins with, what it is found to be, and after how many bytes. */
const TABLE: readonly [what: string, first: Uint8Array, verdict: Verdict, after: number][] = [
  ["a little-endian frame", bytes(length(26, "little"), PING), "mine", 4],
  ["a big-endian frame", bytes(length(26, "big"), PING), "mine", 4],
  ["an empty frame", bytes(length(0, "little"), PING), "mine", 4],
  ["a frame that holds no JSON object", bytes(length(5, "little"), "hello"), "mine", 4],
  ["a frame of exactly the limit", bytes(length(4_194_304, "little"), PING), "mine", 4],
  ["a frame over the limit", bytes(length(4_194_305, "little"), PING), "mine", 5],
  ["a big-endian frame over the limit", bytes(length(5_000_000, "big"), PING), "mine", 5],
  ["a length over the limit and no JSON object", bytes(length(5_000_000, "little"), "xxxx"), "other", 5],
  ["the longest length that no text could be", bytes(length(0x1fff_ffff, "little"), PING), "mine", 5],
  ["a frame as long as a ClientHello begins", bytes(length(0x0001_0316, "little"), PING), "mine", 6],
  ["HTTP GET", bytes("GET / HTTP/1.1\r\n"), "other", 4],
  ["HTTP POST", bytes("POST /RPC2 HTTP/1.1\r\n"), "other", 4],
  ["HTTP OPTIONS", bytes("OPTIONS * HTTP/1.1\r\n"), "other", 4],
  ["the HTTP/2 preface", bytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), "other", 4],
  ["baidu's magic", bytes("PRPC", [0, 0, 0, 1, 0, 0, 0, 1]), "other", 4],
  ["newline-delimited JSON", bytes('{"jsonrpc":"2.0","method":"ping","id":1}\n'), "other", 4],
  ["a JSON batch", bytes('[{"jsonrpc":"2.0","method":"ping","id":1}]\n'), "other", 4],
  ["JSON-RPC with headers", bytes("Content-Length: 40\r\n\r\n{}"), "other", 4],
  ["a TLS ClientHello", hello(0x0200), "other", 6],
  ["a short TLS ClientHello", hello(0x00a5), "other", 6],
  ["a TLS ClientHello that has a brace in its length", hello(0x027b), "other", 6],
  ["SSH", bytes("SSH-2.0-OpenSSH_9.6\r\n"), "other", 4],
  ["the PROXY protocol, version 2", bytes([13, 10, 13, 10, 0, 13, 10], "QUIT\n"), "other", 5],
];

describe("detect", () => {
  test.each(TABLE)("%s, at every length of its prefix", (_what, first, verdict, after) => {
    for (let count = 0; count <= first.length; count += 1) {
      const expected = count < after ? "more" : verdict;
      expect(detectFrame(first.subarray(0, count), DEFAULT_LIMITS), `after ${count} bytes`).toBe(expected);
      const found = expected === "mine" ? frame : expected === "more" ? "more" : undefined;
      expect(detect(first.subarray(0, count), [frame], DEFAULT_LIMITS)).toBe(found);
    }
  });

  test("no text of four printable characters or more is a frame", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme-ascii", minLength: 4 }), (text) => {
        expect(detectFrame(encodeUtf8(text), DEFAULT_LIMITS)).toBe("other");
      }),
    );
  });

  test("every frame within the limit is one, whatever it holds, and a verdict once given stands", () => {
    const input = fc.record({
      size: fc.nat(DEFAULT_LIMITS.maxMessageBytes),
      order: fc.constantFrom("little" as const, "big" as const),
      body: fc.string({ minLength: 2 }),
    });
    fc.assert(
      fc.property(input, ({ size, order, body }) => {
        const first = bytes(length(size, order), body);
        const verdicts = Array.from({ length: first.length + 1 }, (_, n) =>
          detectFrame(first.subarray(0, n), DEFAULT_LIMITS),
        );
        const decided = verdicts.slice(verdicts.findIndex((verdict) => verdict !== "more"));
        expect(new Set(decided)).toEqual(new Set(["mine"]));
      }),
    );
  });

  test("a wire that still needs bytes holds up those after it, and 64 bytes are all it gets", () => {
    const slow = { ...frame, name: "slow", detect: (): Verdict => "more" };
    const first = bytes(length(26, "little"), "x".repeat(60));
    expect(first).toHaveLength(DETECT_BYTES);
    expect(detect(first.subarray(0, DETECT_BYTES - 1), [slow, frame], DEFAULT_LIMITS)).toBe("more");
    expect(detect(first, [slow, frame], DEFAULT_LIMITS)).toBeUndefined();
    expect(detect(first, [], DEFAULT_LIMITS)).toBeUndefined();
  });
});
