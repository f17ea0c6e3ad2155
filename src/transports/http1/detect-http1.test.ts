import { expect, test } from "vitest";
import type { Verdict } from "../../wires/wire.js";
import { detectHttp1 } from "./detect-http1.js";

/** What a connection begins with, what it is found to be, and after how many bytes. */
const TABLE: readonly [first: string, verdict: Verdict, after: number][] = [
  ["GET / HTTP/1.1\r\n", "mine", 4],
  ["HEAD / HTTP/1.1\r\n", "mine", 5],
  ["POST /RPC2 HTTP/1.1\r\n", "mine", 5],
  ["PUT /a HTTP/1.1\r\n", "mine", 4],
  ["DELETE /a HTTP/1.1\r\n", "mine", 7],
  ["OPTIONS * HTTP/1.1\r\n", "mine", 8],
  ["PATCH /a HTTP/1.1\r\n", "mine", 6],
  ["TRACE / HTTP/1.1\r\n", "mine", 6],
  ["CONNECT x:443 HTTP/1.1\r\n", "mine", 8],
  ["PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "other", 2],
  ["PRPC\0\0\0\0", "other", 2],
  ["Content-Length: 40\r\n\r\n{}", "other", 2],
  ["get / HTTP/1.1\r\n", "other", 1],
  ["GETS / HTTP/1.1\r\n", "other", 4],
  ["GET\t/ HTTP/1.1\r\n", "other", 4],
  ["POSTS", "other", 5],
  ["OPTIONSX * HTTP/1.1\r\n", "other", 8],
  ['{"jsonrpc":"2.0"}', "other", 1],
  ["\x16\x03\x01\x00\xa5\x01", "other", 1],
  ["\x1a\0\0\0{", "other", 1],
  ["\r\nGET / HTTP/1.1\r\n", "other", 1],
];

test.each(TABLE)("%j is found out at every length of its prefix.", (first, verdict, after) => {
  const bytes = Buffer.from(first, "latin1");
  for (let count = 0; count <= bytes.length; count += 1)
    expect(detectHttp1(bytes.subarray(0, count)), `after ${count} bytes`).toBe(count < after ? "more" : verdict);
});
