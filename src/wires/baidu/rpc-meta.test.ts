import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { RpcMeta } from "./rpc-meta.js";
import { readRequestIds } from "./request-ids.js";
import { StreamFrameMeta } from "./stream-frame.js";
import { readUserFields } from "./user-fields.js";

const vectors = JSON.parse(readFileSync(new URL("vectors/brpc-1.17-echo.json", import.meta.url), "utf8")) as {
  readonly client_to_server_sessions: readonly {
    readonly name: string;
    readonly packets: readonly { readonly dir: string; readonly hex: string }[];
  }[];
}; // it lies beside this file

function metaOf(hex: string): Buffer {
  const bytes = Buffer.from(hex, "hex");
  return bytes.subarray(12, 12 + bytes.readUInt32BE(8));
}

test("The metas that brpc wrote say what they are known to say.", () => {
  const meta = new RpcMeta();
  for (const { name, packets } of vectors.client_to_server_sessions)
    for (const { dir, hex } of packets) {
      const bytes = metaOf(hex);
      expect(meta.read(bytes, 0, bytes.length)).toBe(true);
      expect(meta).toMatchObject({
        isRequest: dir === "c2s",
        isResponse: dir === "s2c",
        hasId: true,
        compressType: 0,
        attachmentSize: name === "attachment" ? 6 : 0,
        checksumType: name === "checksum" && dir === "c2s" ? 1 : 0,
        errorCode: 0,
        hasStream: false,
      });
      const { service, method } = meta;
      if (dir === "c2s")
        expect(
          bytes.toString("utf8", service.start, service.end) + bytes.toString("utf8", method.start, method.end),
        ).toBe("example.EchoServiceEcho");
    }
});

test("A log id of 0 makes no head of its own, and one above does.", () => {
  const [first, second] = (vectors.client_to_server_sessions[0]?.packets ?? [])
    .filter(({ dir }) => dir === "c2s")
    .map(({ hex }) => metaOf(hex));
  const meta = new RpcMeta();
  if (first === undefined || second === undefined) throw new Error("There are two.");
  expect(meta.read(first, 0, first.length)).toBe(true);
  expect(meta.special).toBe(false);
  expect(meta.read(second, 0, second.length)).toBe(true);
  expect(meta.special).toBe(true);
  expect(readRequestIds(second, meta.request)).toEqual({ fields: [["log-id", "1"]], timeoutMs: undefined });
});

test("A meta of a stream's frame is read with both ids, whatever their size.", () => {
  const frame = new StreamFrameMeta();
  const bytes = Uint8Array.from([
    8,
    ...Array<number>(9).fill(0xff),
    1,
    0x10,
    3,
    0x18,
    4,
    0x20,
    1,
    0x2a,
    6,
    8,
    0x80,
    0x80,
    0x80,
    0x80,
    0x10,
  ]);
  expect(frame.read(bytes, 0, bytes.length)).toBe(true);
  expect(frame).toMatchObject({
    low: 0xffff_ffff,
    high: 0xffff_ffff,
    sourceLow: 3,
    sourceHigh: 0,
    type: 4,
    continued: true,
  });
  expect(frame.consumed).toBe(2 ** 32);
});

test("Metas that are cut, changed or random are read or refused, and nothing throws.", () => {
  let state = 1;
  const pick = (below: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % below;
  };
  const meta = new RpcMeta();
  const frame = new StreamFrameMeta();
  const look = (bytes: Uint8Array): void => {
    meta.read(bytes, 0, bytes.length);
    frame.read(bytes, 0, bytes.length);
    readUserFields(bytes, 0, bytes.length);
    readRequestIds(bytes, { start: 0, end: bytes.length });
    for (const range of [meta.service, meta.method, meta.errorText, meta.checksum, meta.authentication]) {
      expect(range.start).toBeLessThanOrEqual(range.end);
      expect(range.end).toBeLessThanOrEqual(bytes.length);
    }
  };
  const known = vectors.client_to_server_sessions.flatMap(({ packets }) => packets.map(({ hex }) => metaOf(hex)));
  for (const bytes of known) for (let length = 0; length <= bytes.length; length += 1) look(bytes.subarray(0, length));
  for (let round = 0; round < 5000; round += 1) {
    const bytes = Uint8Array.from(
      round % 2 === 0 ? (known[pick(known.length)] ?? []) : Array.from({ length: pick(60) }, () => pick(256)),
    );
    for (let changes = pick(4); changes > 0 && bytes.length > 0; changes -= 1) bytes[pick(bytes.length)] = pick(256);
    look(bytes);
  }
});
