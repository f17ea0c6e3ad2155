import { expect, test } from "vitest";
import { readTrailers, writeTrailers } from "./trailers.js";

function read(text: string): unknown {
  return readTrailers(Uint8Array.from(text, (character) => character.charCodeAt(0)));
}

test("Trailers are a frame of lines with the flag 0x80, and are read again.", () => {
  const fields = [
    ["grpc-status", "5"],
    ["grpc-message", "No such %C3%BC."],
    ["x-end", "a"],
    ["x-end", "b: c"],
    ["x-empty", ""],
    ["x-latin", "é"],
  ] as const;
  const frame = writeTrailers(fields);
  const lines = Buffer.from(frame.subarray(5)).toString("latin1");
  expect([...frame.subarray(0, 5)]).toEqual([0x80, 0, 0, 0, lines.length]);
  expect(lines).toContain("grpc-status: 5\r\ngrpc-message: No such %C3%BC.\r\n");
  expect(readTrailers(frame.subarray(5))).toEqual(fields);
});

test("A line end within a value makes no second field.", () => {
  expect(readTrailers(writeTrailers([["x", "a\r\ngrpc-status: 0\nb"]]).subarray(5))).toEqual([
    ["x", "a  grpc-status: 0 b"],
  ]);
});

test.each([
  ["", []],
  ["\r\n", []],
  ["grpc-status:0", [["grpc-status", "0"]]],
  ["Grpc-Status:\t 0 \r\n", [["grpc-status", "0"]]],
  [
    "a: 1\nb: 2\n\nc:",
    [
      ["a", "1"],
      ["b", "2"],
      ["c", ""],
    ],
  ],
])("%j is read.", (text, fields) => {
  expect(read(text)).toEqual(fields);
});

test.each(["grpc-status", ": 0", "a b: 0", "a : 0", "a: \u0000", "a: b\rc", "é: 1", "a: 1\r\nb\r\n", "a: \u007f"])(
  "%j is refused.",
  (text) => {
    expect(read(text)).toBeUndefined();
  },
);
