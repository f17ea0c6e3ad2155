import { expect, test } from "vitest";
import { echo, served } from "./outside.js";

const SMUGGLED = "GET /admin HTTP/1.1\r\nhost: x\r\n\r\n";
const CHUNKED = "POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n";

/** A request with these lines and this body. */
function post(lines: string, body = ""): string {
  return `POST / HTTP/1.1\r\nhost: x\r\n${lines}\r\n\r\n${body}`;
}

/** What two servers in a row may cut in two ways, and the status that it is refused with. */
const ATTACKS: readonly [what: string, bytes: string, status: number][] = [
  // Two lengths.
  ["CL.TE", post("content-length: 6\r\ntransfer-encoding: chunked", `0\r\n\r\n${SMUGGLED}`), 400],
  ["TE.CL", post("transfer-encoding: chunked\r\ncontent-length: 4", `5c\r\n${SMUGGLED}`), 400],
  ["0.CL", post("content-length: 0\r\ncontent-length: 44", SMUGGLED), 400],
  ["CL.CL", post("content-length: 5\r\ncontent-length: 6", "hello!"), 400],
  ["The same length twice", post("content-length: 5\r\ncontent-length: 5", "hello"), 400],
  ["A list of lengths", post("content-length: 5, 5", "hello"), 400],
  ["A length with a sign", post("content-length: +5", "hello"), 400],
  ["A negative length", post("content-length: -1"), 400],
  ["A length in hex", post("content-length: 0x5", "hello"), 400],
  ["A length with a fraction", post("content-length: 5.0", "hello"), 400],
  ["A length with a tab after it", post("content-length: 5\t", "hello"), 400],
  ["A length in other digits", post("content-length: \xd9\xa5", "hello"), 400],
  ["A length of two words", post("content-length: 5 5", "hello"), 400],
  ["An empty length", post("content-length:", "hello"), 400],
  ["A length beyond all numbers", post("content-length: 18446744073709551621", "hello"), 400],
  // Codings in disguise.
  ["TE.TE", post("transfer-encoding: chunked\r\ntransfer-encoding: x", `0\r\n\r\n${SMUGGLED}`), 501],
  ["chunked, twice", post("transfer-encoding: chunked, chunked", "0\r\n\r\n"), 501],
  ["chunked, twice, in two fields", post("transfer-encoding: chunked\r\ntransfer-encoding: chunked", "0\r\n\r\n"), 501],
  ["xchunked", post("transfer-encoding: xchunked", "0\r\n\r\n"), 501],
  ["chunked in quotes", post('transfer-encoding: "chunked"', "0\r\n\r\n"), 501],
  ["chunked with a parameter", post("transfer-encoding: chunked;a=b", "0\r\n\r\n"), 501],
  ["chunked before identity", post("transfer-encoding: chunked, identity", "0\r\n\r\n"), 501],
  ["gzip before chunked", post("transfer-encoding: gzip, chunked", "0\r\n\r\n"), 501],
  ["identity", post("transfer-encoding: identity", "0\r\n\r\n"), 501],
  ["An empty coding", post("transfer-encoding:", "0\r\n\r\n"), 501],
  ["A coding with a control character", post("transfer-encoding: \x0bchunked", "0\r\n\r\n"), 400],
  ["A coding with a tab after it", post("transfer-encoding: chunked\t", "0\r\n\r\n"), 400],
  ["A coding on HTTP/1.0", "POST / HTTP/1.0\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n", 400],
  // White space where names and lines begin and end.
  ["A space before the colon", post("transfer-encoding : chunked", "0\r\n\r\n"), 400],
  ["A tab before the colon", post("content-length\t: 5", "hello"), 400],
  ["A space before the name", post(" content-length: 5", "hello"), 400],
  ["A tab before the first name", "POST / HTTP/1.1\r\n\thost: x\r\n\r\n", 400],
  ["A line that goes on with the one before", post("a: b\r\n transfer-encoding: chunked", "0\r\n\r\n"), 400],
  ["A line that goes on after a tab", post("transfer-encoding:\r\n\tchunked", "0\r\n\r\n"), 400],
  ["An empty name", post(": 5"), 400],
  ["A line without a colon", post("content-length 5"), 400],
  ["A NUL in a name", post("content-length\0: 5", "hello"), 400],
  ["A NUL in a value", post("a: b\0c"), 400],
  ["A DEL in a value", post("a: b\x7fc"), 400],
  ["A name in other letters", post("c\xf6ntent-length: 5", "hello"), 400],
  ["A name with a slash", post("content/length: 5", "hello"), 400],
  // Line ends.
  ["Lines that end with LF", "GET / HTTP/1.1\nhost: x\n\n", 400],
  ["One line that ends with LF", "GET / HTTP/1.1\r\nhost: x\na: b\r\n\r\n", 400],
  ["An empty line of LF", "GET / HTTP/1.1\r\nhost: x\r\n\n", 400],
  ["A CR within a value", post("a: b\rtransfer-encoding: chunked", "0\r\n\r\n"), 400],
  ["A CR and another at the end of a line", post("a: b\r\r"), 400],
  ["A CR in the request line", "GET /\r HTTP/1.1\r\nhost: x\r\n\r\n", 400],
  ["Two empty lines before a request", `\r\n\r\n${SMUGGLED}`, 400],
  ["An LF before a request", `\n${SMUGGLED}`, 400],
  // Hosts.
  ["No host", "GET / HTTP/1.1\r\n\r\n", 400],
  ["Two hosts", "GET / HTTP/1.1\r\nhost: x\r\nhost: y\r\n\r\n", 400],
  ["Two hosts on HTTP/1.0", "GET / HTTP/1.0\r\nhost: x\r\nHost: x\r\n\r\n", 400],
  ["A list of hosts", "GET / HTTP/1.1\r\nhost: x y\r\n\r\n", 400],
  ["A host with a path", "GET / HTTP/1.1\r\nhost: x/y\r\n\r\n", 400],
  ["A host with a user", "GET / HTTP/1.1\r\nhost: a@x\r\n\r\n", 400],
  // Request lines.
  ["HTTP/0.9", "GET /\r\n\r\n", 400],
  ["Two spaces", "GET  / HTTP/1.1\r\nhost: x\r\n\r\n", 400],
  ["A tab for a space", "GET\t/ HTTP/1.1\r\nhost: x\r\n\r\n", 400],
  ["A space in the target", "GET /a b HTTP/1.1\r\nhost: x\r\n\r\n", 400],
  ["A space after the version", "GET / HTTP/1.1 \r\nhost: x\r\n\r\n", 400],
  ["A target in other letters", "GET /\xe9 HTTP/1.1\r\nhost: x\r\n\r\n", 400],
  ["A target with a fragment", "GET /#a HTTP/1.1\r\nhost: x\r\n\r\n", 400],
  ["A target that is no path", "GET a/b HTTP/1.1\r\nhost: x\r\n\r\n", 400],
  ["A target of another scheme", "GET ftp://x/ HTTP/1.1\r\nhost: x\r\n\r\n", 400],
  ["An asterisk for other than OPTIONS", "GET * HTTP/1.1\r\nhost: x\r\n\r\n", 400],
  ["A name in lower case", "GET / http/1.1\r\nhost: x\r\n\r\n", 400],
  ["A version with more digits", "GET / HTTP/1.10\r\nhost: x\r\n\r\n", 400],
  ["HTTP/1.2", "GET / HTTP/1.2\r\nhost: x\r\n\r\n", 505],
  ["HTTP/2", "GET / HTTP/2.0\r\nhost: x\r\n\r\n", 505],
  ["A method that there is not", "GOT / HTTP/1.1\r\nhost: x\r\n\r\n", 501],
  ["A method in lower case", "get / HTTP/1.1\r\nhost: x\r\n\r\n", 501],
  ["CONNECT", "CONNECT x:443 HTTP/1.1\r\nhost: x:443\r\n\r\n", 501],
  // Chunks.
  ["A chunk that is longer than its size", `${CHUNKED}2\r\nhello\r\n0\r\n\r\n`, 400],
  ["A chunk without its line end", `${CHUNKED}5\r\nhello0\r\n\r\n`, 400],
  ["A chunk that ends with LF", `${CHUNKED}5\r\nhello\n0\r\n\r\n`, 400],
  ["A chunk that ends with CR and CR", `${CHUNKED}5\r\nhello\r\r0\r\n\r\n`, 400],
  ["A size that ends with LF", `${CHUNKED}5\nhello\r\n0\r\n\r\n`, 400],
  ["A size that ends with CR", `${CHUNKED}5\rhello\r\n0\r\n\r\n`, 400],
  ["An empty size", `${CHUNKED}\r\nhello\r\n0\r\n\r\n`, 400],
  ["A size with a sign", `${CHUNKED}+5\r\nhello\r\n0\r\n\r\n`, 400],
  ["A negative size", `${CHUNKED}-5\r\nhello\r\n0\r\n\r\n`, 400],
  ["A size with 0x", `${CHUNKED}0x5\r\nhello\r\n0\r\n\r\n`, 400],
  ["A size with a space after it", `${CHUNKED}5 \r\nhello\r\n0\r\n\r\n`, 400],
  ["A size with a space before it", `${CHUNKED} 5\r\nhello\r\n0\r\n\r\n`, 400],
  ["A size of other letters", `${CHUNKED}5g\r\nhello\r\n0\r\n\r\n`, 400],
  ["A size that overflows 64 bits", `${CHUNKED}10000000000000005\r\nhello\r\n0\r\n\r\n`, 400],
  ["A size that overflows 32 bits", `${CHUNKED}100000005\r\nhello\r\n0\r\n\r\n`, 413],
  ["A size of many zeros", `${CHUNKED}${"0".repeat(5000)}5\r\nhello\r\n0\r\n\r\n`, 400],
  ["An extension that ends with LF", `${CHUNKED}5;a\nhello\r\n0\r\n\r\n`, 400],
  ["An extension with a CR", `${CHUNKED}5;a\rb\r\nhello\r\n0\r\n\r\n`, 400],
  ["An extension with LF in quotes", `${CHUNKED}5;a="\n"\r\nhello\r\n0\r\n\r\n`, 400],
  ["An extension without a name", `${CHUNKED}5;\r\nhello\r\n0\r\n\r\n`, 400],
  ["An extension without end", `${CHUNKED}5;${"a".repeat(10_000)}`, 400],
  ["Chunks that are mostly extensions", `${CHUNKED}${`1;${"a".repeat(200)}\r\nx\r\n`.repeat(50)}0\r\n\r\n`, 400],
  ["A trailer that goes on with the one before", `${CHUNKED}0\r\na: b\r\n c\r\n\r\n`, 400],
  ["A trailer with a space before the colon", `${CHUNKED}0\r\na : b\r\n\r\n`, 400],
  ["A trailer without a colon", `${CHUNKED}0\r\n${SMUGGLED}`, 400],
  ["A trailer that says how the connection goes on", `${CHUNKED}0\r\nConnection: close\r\n\r\n`, 400],
  ["A trailer that says a length", `${CHUNKED}0\r\ncontent-length: 5\r\n\r\n`, 400],
  ["A trailer that ends with LF", `${CHUNKED}0\r\na: b\n\r\n`, 400],
  ["A trailer with a NUL", `${CHUNKED}0\r\na: \0\r\n\r\n`, 400],
  ["An end that ends with LF", `${CHUNKED}0\r\n\n`, 400],
  ["Trailers without end", `${CHUNKED}0\r\n${"a: b\r\n".repeat(2000)}`, 400],
];

test.each(ATTACKS)("%s is refused, and what follows is not read.", (_what, bytes, status) => {
  for (const chunkBytes of [65_536, 1, 3]) {
    const { outside, session, requests } = served({ whole: echo });
    outside.feed(bytes, chunkBytes).feed(SMUGGLED);
    const said = outside.said();
    expect(said).toMatch(new RegExp(`^HTTP/1\\.1 ${status} [A-Z]`));
    expect(said).toContain("\r\nconnection: close\r\n");
    expect(said).toMatch(/\r\n\r\n[A-Z].*[.]\n$/);
    expect(said.match(/HTTP\/1\.1 \d/g)).toHaveLength(1);
    expect(outside.ended).toMatch(/^failed: [A-Z]/);
    expect(session.open).toBe(0);
    // A request whose chunks are broken has begun, but never been whole.
    expect(requests.filter(({ whole }) => whole)).toEqual([]);
  }
});

test("A request that is broken after its answer has begun ends without another answer.", () => {
  const { outside, requests } = served({ begun: ({ out }) => out.head({ status: 200, fields: [] }) });
  outside.feed(CHUNKED).said();
  outside.feed("zz\r\n");
  expect(outside.said()).toBe("");
  expect(outside.ended).toMatch(/^failed: /);
  expect(requests[0]?.reset).toMatch(/^canceled: /);
});

test("A server that answers when its request breaks is not heard.", () => {
  const { outside, session } = served({});
  outside.feed(`${CHUNKED}zz`);
  session.retire();
  session.finish();
  session.drained();
  expect(outside.said()).toMatch(/^HTTP\/1\.1 400 /);
});
