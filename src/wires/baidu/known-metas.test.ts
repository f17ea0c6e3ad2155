import { expect, test } from "vitest";
import { mutated, random, SEED } from "../../../test/frame/mutations.js";
import { type Field, message } from "../../../test/baidu/packets.js";
import { KnownMetas } from "./known-metas.js";
import { readRequestIds } from "./request-ids.js";
import { RpcMeta } from "./rpc-meta.js";
import { readUserFields } from "./user-fields.js";

function requestMeta(method: string, id: number | bigint, more: readonly Field[] = []): Uint8Array {
  return message([
    [1, [[1, "echo.v1.EchoService"], [2, method], ...more]],
    [4, id],
  ]);
}

/** Looks a meta up that lies between other bytes, and keeps it where it is not found and may be kept. */
function looked<V>(known: KnownMetas<V>, bytes: Uint8Array, value: V): V | undefined {
  const around = new Uint8Array(bytes.length + 7).fill(0x0a);
  around.set(bytes, 3);
  const found = known.find(around, 3, 3 + bytes.length);
  const meta = new RpcMeta();
  if (found === undefined && meta.read(around, 3, 3 + bytes.length) && meta.repeatable) known.keep(around, meta, value);
  around.fill(0xff);
  return found;
}

test("A meta is found from the third time on, with an id of any size, and its bytes may be written over meanwhile.", () => {
  const known = new KnownMetas<string>();
  expect(looked(known, requestMeta("Echo", 1), "Echo")).toBeUndefined();
  expect(looked(known, requestMeta("Echo", 2), "Echo")).toBeUndefined();
  for (const id of [
    0n,
    1n,
    127n,
    128n,
    2n ** 28n,
    2n ** 31n,
    2n ** 32n,
    2n ** 35n - 1n,
    2n ** 53n + 1n,
    2n ** 63n,
    -1n,
  ]) {
    expect(looked(known, requestMeta("Echo", id), "again")).toBe("Echo");
    expect((BigInt(known.idHigh >>> 0) << 32n) | BigInt(known.idLow >>> 0)).toBe(BigInt.asUintN(64, id));
  }
});

test("A meta that says anything more or else is not found.", () => {
  const known = new KnownMetas<string>();
  for (let i = 0; i < 3; i += 1) looked(known, requestMeta("Echo", i), "Echo");
  const others = [
    requestMeta("Echa", 1),
    requestMeta("Echo", 1, [[8, 1]]),
    message([
      [
        1,
        [
          [1, "echo.v1.EchoService"],
          [2, "Echo"],
        ],
      ],
      [4, 1],
      [5, 3],
    ]),
    message([
      [
        1,
        [
          [1, "echo.v1.EchoService"],
          [2, "Echo"],
        ],
      ],
      [4, 1],
      [4, 2],
    ]),
    message([
      [
        1,
        [
          [1, "echo.v1.EchoService"],
          [2, "Echo"],
        ],
      ],
      [3, 2],
      [4, 1],
    ]),
    message([
      [
        1,
        [
          [1, "echo.v1.EchoService"],
          [2, "Echo"],
        ],
      ],
    ]),
    new Uint8Array(0),
  ];
  for (const other of others) expect(looked(known, other, "other")).toBeUndefined();
  const whole = requestMeta("Echo", 2n ** 40n);
  for (let end = 0; end < whole.length; end += 1) expect(known.find(whole, 0, end)).toBeUndefined();
  expect(known.find(whole, 0, whole.length)).toBe("Echo");
});

test("What belongs to one packet is never kept: attachments, compression, checksums, streams, secrets, errors, two ids or none.", () => {
  const method: Field = [
    1,
    [
      [1, "a"],
      [2, "b"],
    ],
  ];
  const ofOne: readonly (readonly Field[])[] = [
    [method, [4, 1], [5, 3]],
    [method, [3, 2], [4, 1]],
    [method, [4, 1], [11, 1]],
    [method, [4, 1], [8, [[1, 7]]]],
    [method, [4, 1], [7, "secret"]],
    [method, [4, 1], [4, 1]],
    [method],
    [
      [2, [[1, 1003]]],
      [4, 1],
    ],
    [method, [2, []], [4, 1]],
    [[4, 1]],
  ];
  for (const fields of ofOne) {
    const known = new KnownMetas<true>();
    for (let i = 0; i < 4; i += 1) expect(looked(known, message(fields), true)).toBeUndefined();
  }
});

test("Of two thousand metas that each come three times no more than sixteen are kept, and of such as come once none.", () => {
  const known = new KnownMetas<number>();
  for (let i = 0; i < 2000; i += 1) expect(looked(known, requestMeta("Echo", 1, [[3, 1 + i]]), i)).toBeUndefined();
  for (let i = 0; i < 2000; i += 1) expect(looked(known, requestMeta("Echo", 1, [[3, 1 + i]]), i)).toBeUndefined();
  const metas = Array.from({ length: 2000 }, (_, i) => requestMeta(`Method${i}`, 1));
  metas.forEach((bytes, i) => {
    for (let time = 0; time < 3; time += 1) looked(known, bytes, i);
  });
  expect(metas.filter((bytes) => known.find(bytes, 0, bytes.length) !== undefined).length).toBeLessThanOrEqual(16);
  const long = requestMeta("x".repeat(300), 1);
  for (let time = 0; time < 4; time += 1) expect(looked(known, long, 0)).toBeUndefined();
});

/** All that a meta says beside its id. */
function told(meta: RpcMeta, bytes: Uint8Array): string {
  const text = ({ start, end }: { start: number; end: number }): string => String(bytes.subarray(start, end));
  const { isRequest, contentType, special } = meta;
  const user = readUserFields(bytes, meta.start, meta.end);
  const asked = isRequest ? [text(meta.service), text(meta.method), readRequestIds(bytes, meta.request)] : [];
  return JSON.stringify([isRequest, contentType, special, user, asked]);
}

test(`What is found of mutated metas is what reading them says (FUZZ_SEED=${SEED}).`, () => {
  const pick = random(SEED);
  const metas = [
    requestMeta("Echo", 5),
    requestMeta("Echo", 2n ** 63n + 9n, [[8, 500]]),
    message([
      [
        1,
        [
          [1, "a"],
          [2, "b"],
        ],
      ],
      [3, 0],
      [4, 77],
      [5, 0],
      [10, 0],
      [11, 0],
      [12, ""],
    ]),
    message([
      [2, [[1, 0]]],
      [4, 3],
    ]),
    message([
      [2, [[1, 0]]],
      [3, 0],
      [4, 2n ** 33n],
      [
        9,
        [
          [1, "x"],
          [2, "y"],
        ],
      ],
    ]),
  ].map((bytes) => Buffer.from(bytes));
  const known = new KnownMetas<string>();
  const meta = new RpcMeta();
  let found = 0;
  for (let i = 0; i < 20_000; i += 1) {
    const original = metas[pick(metas.length)] ?? Buffer.alloc(0);
    const bytes = pick(3) === 0 ? original : mutated([original], pick);
    const value = known.find(bytes, 0, bytes.length);
    const isRead = meta.read(bytes, 0, bytes.length);
    if (value !== undefined) {
      found += 1;
      expect([isRead, value]).toEqual([true, told(meta, bytes)]);
      expect([known.idLow, known.idHigh]).toEqual([meta.idLow | 0, meta.idHigh | 0]);
      expect(meta.repeatable).toBe(true);
    } else if (isRead && meta.repeatable) known.keep(bytes, meta, told(meta, bytes));
  }
  expect(found).toBeGreaterThan(1000);
});
