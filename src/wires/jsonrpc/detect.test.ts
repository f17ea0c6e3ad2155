import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeUtf8 } from "../../bytes/utf8.js";
import { detect } from "../detect.js";
import { DEFAULT_LIMITS } from "../limits.js";
import type { Verdict } from "../wire.js";
import { detectJsonRpc } from "./detect.js";
import { jsonrpc } from "./wire.js";

function bytes(...parts: readonly (string | readonly number[])[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...(typeof part === "string" ? encodeUtf8(part) : part)]));
}

const REQUEST = '{"jsonrpc":"2.0","method":"ping"}';

/** What a connection begins with, what it is found to be, and after how many bytes. */
const TABLE: readonly [what: string, first: Uint8Array, verdict: Verdict, after: number][] = [
  ["A request", bytes(`${REQUEST}\n`), "mine", 4],
  ["A batch", bytes(`[${REQUEST}]\n`), "mine", 4],
  ["A request over several lines", bytes('{\n\t"jsonrpc": "2.0"'), "mine", 4],
  ["The shortest request", bytes("[]\r\n"), "mine", 4],
  ["Blanks before it", bytes(" \r\n\t{}"), "mine", 5],
  ["Many blanks before it", bytes(`${"\n".repeat(10)}[`), "mine", 11],
  ["Content-Length", bytes("Content-Length: 33\r\n\r\n"), "mine", 15],
  ["content-length", bytes("content-length:33\r\n\r\n"), "mine", 15],
  ["CONTENT-TYPE", bytes("CONTENT-TYPE: x\r\n"), "mine", 13],
  ["Another field", bytes("Content-Encoding: x\r\n"), "other", 9],
  ["HTTP's CONNECT", bytes("CONNECT a:1 HTTP/1.1\r\n"), "other", 4],
  ["HTTP's POST", bytes("POST / HTTP/1.1\r\n"), "other", 1],
  ["The HTTP/2 preface", bytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), "other", 1],
  ["baidu's magic", bytes("PRPC"), "other", 1],
  ["A TLS ClientHello", bytes([0x16, 0x03, 0x01, 0x02, 0x7b, 0x01]), "other", 1],
  ["A little-endian frame of 123 bytes", bytes([0x7b, 0, 0, 0], "{"), "other", 2],
  ["A big-endian frame of 123 bytes", bytes([0, 0, 0, 0x7b], "{"), "other", 1],
  ["A frame of 0x0d0a7b bytes", bytes([0x7b, 0x0a, 0x0d, 0x00], "{"), "other", 4],
  ["A frame of 0x205b bytes", bytes([0x5b, 0x20, 0, 0], "{"), "other", 3],
  ["A frame of 10 bytes", bytes([0x0a, 0, 0, 0], "{"), "other", 2],
  ["The PROXY protocol, version 2", bytes([13, 10, 13, 10, 0, 13, 10], "QUIT\n"), "other", 5],
  ["Text", bytes("hello"), "other", 1],
  ["A field behind a blank", bytes(" Content-Length: 1"), "other", 2],
];

describe("detect", () => {
  test.each(TABLE)("%s, at every length of its prefix.", (_what, first, verdict, after) => {
    for (let count = 0; count <= first.length; count += 1) {
      const expected = count < after ? "more" : verdict;
      const prefix = first.subarray(0, count);
      expect(detectJsonRpc(prefix), `after ${count} bytes`).toBe(expected);
      const wire = jsonrpc.stream;
      expect(detect(prefix, [wire], DEFAULT_LIMITS)).toBe(
        expected === "mine" ? wire : expected === "more" ? "more" : undefined,
      );
    }
  });

  test("No length of a frame within the limit is taken for JSON, in either byte order.", () => {
    fc.assert(
      fc.property(fc.nat(DEFAULT_LIMITS.maxMessageBytes), fc.boolean(), (length, little) => {
        const prefix = new DataView(new ArrayBuffer(5));
        prefix.setUint32(0, length, little);
        prefix.setUint8(4, 0x7b);
        expect(detectJsonRpc(new Uint8Array(prefix.buffer))).toBe("other");
      }),
      { numRuns: 2000 },
    );
  });

  test("A verdict once given stands.", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 20 }), fc.uint8Array({ maxLength: 4 }), (first, more) => {
        const verdict = detectJsonRpc(first);
        if (verdict !== "more") expect(detectJsonRpc(Uint8Array.from([...first, ...more]))).toBe(verdict);
      }),
      { numRuns: 1000 },
    );
  });
});
