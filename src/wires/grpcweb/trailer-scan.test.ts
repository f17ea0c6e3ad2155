import { expect, test } from "vitest";
import { enveloped } from "../../bytes/enveloped.js";
import { TrailerScan } from "./trailer-scan.js";

const MESSAGES = Buffer.concat([
  enveloped(0, new Uint8Array(0)),
  enveloped(0, Uint8Array.of(0x80, 0, 0, 0, 1, 7)),
  enveloped(1, new Uint8Array(300).fill(0x80)),
]);

/** What a scan finds in pieces: the bytes of messages, what the trailers hold, and what is wrong. */
function found(...pieces: Uint8Array[]): unknown {
  const scan = new TrailerScan(1000);
  const messages: Uint8Array[] = [];
  for (const piece of pieces) {
    const padded = Buffer.concat([Uint8Array.of(9, 9), piece, Uint8Array.of(9)]);
    messages.push(padded.subarray(2, scan.push(padded, 2, padded.length - 1)));
  }
  const { trailers, wrong, flags } = scan;
  return {
    messages: Buffer.concat(messages).toString("hex"),
    trailers: trailers && Buffer.from(trailers).toString(),
    wrong,
    flags,
  };
}

const ALL = MESSAGES.toString("hex");

test.each([0x80, 0x81])("Trailers of the flags %i are found behind messages, cut anywhere.", (flags) => {
  const body = Buffer.concat([MESSAGES, enveloped(flags, Buffer.from("a: 1\r\n"))]);
  const whole = { messages: ALL, trailers: "a: 1\r\n", wrong: undefined, flags };
  for (let cut = 0; cut <= body.length; cut += 1)
    expect(found(body.subarray(0, cut), body.subarray(cut))).toEqual(whole);
  expect(found(...Array.from(body, (byte) => Uint8Array.of(byte)))).toEqual(whole);
});

test("Trailers may be empty, and all there is.", () => {
  expect(found(enveloped(0x80, new Uint8Array(0)))).toMatchObject({ messages: "", trailers: "" });
});

test("A body without trailers, or with a part of them, has none.", () => {
  const body = Buffer.concat([MESSAGES, enveloped(0x80, Buffer.from("a: 1\r\n"))]);
  for (let length = 0; length < body.length; length += 1)
    expect(found(body.subarray(0, length))).toMatchObject({ trailers: undefined, wrong: undefined });
});

test("Nothing may come behind trailers.", () => {
  for (const held of ["", "a: 1\r\n"]) {
    const body = Buffer.concat([enveloped(0x80, Buffer.from(held)), Uint8Array.of(0)]);
    for (let cut = 0; cut <= body.length; cut += 1)
      expect(found(body.subarray(0, cut), body.subarray(cut))).toMatchObject({ wrong: "more" });
  }
});

test("Trailers that are too long are refused by their length.", () => {
  expect(found(Uint8Array.of(0x80, 0, 0, 3, 0xe8))).toMatchObject({ wrong: undefined });
  expect(found(Uint8Array.of(0x80, 0, 0, 3, 0xe9))).toMatchObject({ wrong: "oversized" });
  expect(found(Uint8Array.of(0x80, 255, 255, 255, 255, 1, 2))).toMatchObject({ wrong: "oversized" });
});

test("A message may be of any length: others see to that.", () => {
  expect(found(Uint8Array.of(0, 255, 255, 255, 255, 0x80, 0x80))).toMatchObject({ messages: "00ffffffff8080" });
});
