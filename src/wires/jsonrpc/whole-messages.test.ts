import { expect, test } from "vitest";
import { OutBuffer } from "../../bytes/out-buffer.js";
import { encodeUtf8 } from "../../bytes/utf8.js";
import { DEFAULT_LIMITS } from "../limits.js";
import type { MessageReader } from "./framing.js";
import { wholeMessages } from "./whole-messages.js";

function found(reader: MessageReader): unknown[] {
  const all: unknown[] = [];
  for (let next = reader.next(); next !== undefined; next = reader.next())
    all.push(next === "message" ? reader.value : [next]);
  return all;
}

test("Each chunk is a message, whatever is in it.", () => {
  const reader = wholeMessages.reader({ ...DEFAULT_LIMITS, maxMessageBytes: 60, maxDepth: 3 });
  const table: readonly [text: string | Uint8Array, value: unknown][] = [
    ['{"é":1}\n', { é: 1 }],
    ["[1]\n[2]", ["garbage"]],
    ["", ["garbage"]],
    [Uint8Array.of(0x22, 0xff, 0x22), ["garbage"]],
    ["[[[[1]]]] ", ["deep"]],
    [`"${"x".repeat(60)}"`, ["skipped"]],
    ["5", 5],
  ];
  for (const [text, value] of table) {
    reader.push(typeof text === "string" ? encodeUtf8(text) : text);
    expect(found(reader)).toEqual([value]);
    reader.keep();
    expect(reader.arriving).toBe(false);
  }
});

test("Messages that come while nobody reads wait, and are not lost with what lent them.", () => {
  const reader = wholeMessages.reader(DEFAULT_LIMITS);
  for (const text of ["[1]", "[2]", "[3]"]) {
    const chunk = encodeUtf8(text);
    reader.push(chunk);
    reader.keep();
    chunk.fill(0);
  }
  expect(found(reader)).toEqual([[1], [2], [3]]);
});

test("Each message is written behind its length, in ASCII or not.", () => {
  for (const texts of [["[1]", '{"a":"b"}'], ["[1]", '{"é":"漢🦊"}', "[]"], ["x".repeat(70_000)]]) {
    const writer = wholeMessages.writer();
    const output = new OutBuffer();
    for (const text of texts) writer.add(text);
    writer.writeTo(output);
    const bytes = Buffer.from(output.view());
    output.release();
    const read: string[] = [];
    for (let at = 0; at < bytes.length; at += 4 + bytes.readUInt32LE(at))
      read.push(bytes.subarray(at + 4, at + 4 + bytes.readUInt32LE(at)).toString());
    expect(read).toEqual(texts);
    writer.writeTo(output);
    expect(output.length).toBe(0);
  }
});
