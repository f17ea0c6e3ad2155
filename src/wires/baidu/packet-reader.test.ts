import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { HEAD_BYTES, PacketReader } from "./packet-reader.js";

const vectors = JSON.parse(readFileSync(new URL("vectors/brpc-1.17-echo.json", import.meta.url), "utf8")) as {
  readonly client_to_server_sessions: readonly { readonly packets: readonly { readonly hex: string }[] }[];
}; // it lies beside this file
const PACKETS = vectors.client_to_server_sessions.flatMap(({ packets }) =>
  packets.map(({ hex }) => Buffer.from(hex, "hex")),
);

/** What a reader finds in some chunks: kind, meta and rest. */
function read(chunks: readonly Uint8Array[], limits = { maxMetaBytes: 1000, maxRestBytes: 1000 }): unknown[] {
  const reader = new PacketReader(limits);
  const list: unknown[] = [];
  for (const chunk of chunks) {
    const lent = new Uint8Array(chunk);
    reader.push(lent);
    for (let found = reader.next(); found !== "more"; found = reader.next()) {
      const { bytes, metaStart, metaEnd, end } = reader;
      list.push([found, hex(bytes.subarray(metaStart, metaEnd)), hex(bytes.subarray(metaEnd, end))]);
      if (found === "broken") return list;
    }
    reader.keep();
    lent.fill(0xaa);
  }
  return list;
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

/** A packet of these letters and sizes, with so many bytes after its head. */
function made(magic: string, [body, meta]: readonly [number, number], bytes: number): Buffer {
  const whole = Buffer.alloc(HEAD_BYTES + bytes, 7);
  whole.write(magic, "latin1");
  whole.writeUInt32BE(body, 4);
  whole.writeUInt32BE(meta, 8);
  return whole;
}

test("What brpc's client and server said is cut into packets at every split.", () => {
  const stream = Buffer.concat(PACKETS);
  const whole = read([stream]);
  expect(whole).toHaveLength(PACKETS.length);
  expect(read(PACKETS)).toEqual(whole);
  expect(read(Array.from(stream, (byte) => Buffer.of(byte)))).toEqual(whole);
  const some = Buffer.concat(PACKETS.slice(0, 3));
  const three = read([some]);
  for (let split = 0; split <= some.length; split += 1)
    expect(read([some.subarray(0, split), some.subarray(split)])).toEqual(three);
});

test("A packet that is cut is none yet, wherever it is cut.", () => {
  const [first = Buffer.alloc(0)] = PACKETS;
  for (let length = 0; length < first.length; length += 1) expect(read([first.subarray(0, length)])).toEqual([]);
});

test("The smallest packet has neither meta nor rest; frames of streams are told from calls.", () => {
  expect(read([made("PRPC", [0, 0], 0), made("STRM", [3, 1], 3)])).toEqual([
    ["call", "", ""],
    ["stream", "07", "0707"],
  ]);
});

test("A packet that is too long is told of when its meta is there, and skipped, however it comes.", () => {
  const stream = Buffer.concat([made("PRPC", [1502, 2], 1502), made("PRPC", [2, 1], 2)]);
  const expected = [
    ["oversized", "0707", ""],
    ["call", "07", "07"],
  ];
  for (const size of [1, 13, 14, 15, 100, 2000]) {
    const chunks = Array.from({ length: Math.ceil(stream.length / size) }, (_, n) =>
      stream.subarray(n * size, (n + 1) * size),
    );
    expect(read(chunks)).toEqual(expected);
  }
});

test.each([
  ["a meta larger than the body", made("PRPC", [4, 100], 4)],
  ["a meta that is too long", made("PRPC", [2000, 1001], 0)],
  ["other letters", Buffer.from("PRPD")],
  ["a frame of a stream that is too long", made("STRM", [1502, 2], 2)],
])("After %s nothing more is understood.", (_what, bytes) => {
  expect(read([bytes]).at(-1)).toContain("broken");
});

test("A packet that was given back is found again.", () => {
  const reader = new PacketReader({ maxMetaBytes: 10, maxRestBytes: 10 });
  reader.push(made("PRPC", [3, 1], 3));
  expect(reader.next()).toBe("call");
  reader.unread();
  reader.keep();
  expect(reader.next()).toBe("call");
  expect([...reader.bytes.subarray(reader.metaStart, reader.end)]).toEqual([7, 7, 7]);
  expect(reader.next()).toBe("more");
});
