import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { failure } from "../../call/status.js";
import { readDetails, writeDetails } from "./details.js";

function back(...details: unknown[]): readonly unknown[] {
  return readDetails(writeDetails(failure("not_found", "No ü.", details)));
}

const textBase64 = (bytes: readonly number[]): string => Buffer.from(bytes).toString("base64");

describe("Plain data", () => {
  test.each([
    [null],
    [true],
    [false],
    [0],
    [-1.5],
    [1e300],
    [Number.MAX_SAFE_INTEGER],
    [""],
    ["é漢🦊\n\u0000"],
    [[]],
    [{}],
    [[[], [[1], null], {}]],
    [{ "": 1, a: { b: [true, "x"] }, constructor: null }],
    ["x".repeat(1000)],
  ])("%j comes back.", (value) => {
    expect(back(value)).toEqual([value]);
  });

  test("Whatever JSON there is comes back.", () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue({ maxDepth: 4 }).map(signless), { maxLength: 3 }), (values) => {
        expect(back(...values)).toEqual(values);
      }),
      { seed: 20_260_101, numRuns: 200 },
    );
  });

  test("A key that is __proto__ is a key.", () => {
    const value: unknown = JSON.parse('{"__proto__":{"polluted":1}}');
    expect(JSON.stringify(back(value))).toBe('[{"__proto__":{"polluted":1}}]');
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined(); // nobody has set it
  });

  test("What JSON would leave out is left out, and a bigint is a text.", () => {
    expect(back({ a: undefined, b: () => 1, c: 10n })).toEqual([{ c: "10" }]);
  });

  test("Data that contains itself is written as far as it goes.", () => {
    const loop: unknown[] = [];
    loop.push(loop);
    expect(back(loop)).toHaveLength(1);
    const named: Record<string, unknown> = {};
    named["self"] = named;
    expect(back(named)).toHaveLength(1);
  });
});

describe("Messages of other types", () => {
  test("come back as their name and their bytes.", () => {
    const detail = { type: "google.rpc.RetryInfo", value: Uint8Array.of(10, 2, 8, 5) };
    expect(back(detail, "and text")).toEqual([detail, "and text"]);
  });

  test("An empty one comes back too.", () => {
    expect(back({ type: "a.B", value: new Uint8Array(0) })).toEqual([{ type: "a.B", value: new Uint8Array(0) }]);
  });

  test("A google.rpc.Status that another program wrote is read, with padding or without.", () => {
    // code 5, message "m", and an Any of "type.googleapis.com/a.B" with the bytes 8 1.
    const name = [...Buffer.from("type.googleapis.com/a.B")];
    const any = [10, name.length, ...name, 18, 2, 8, 1];
    const status = [8, 5, 18, 1, 0x6d, 26, any.length, ...any];
    for (const text of [textBase64(status), textBase64(status).replace(/=+$/u, "")])
      expect(readDetails(text)).toEqual([{ type: "a.B", value: Uint8Array.of(8, 1) }]);
  });

  test("Fields that nobody knows are passed over.", () => {
    const name = [...Buffer.from("x/a.B")];
    const any = [0x25, 1, 2, 3, 4, 10, name.length, ...name];
    const status = [0x79, 1, 2, 3, 4, 5, 6, 7, 8, 26, any.length, ...any];
    expect(readDetails(textBase64(status))).toEqual([{ type: "a.B", value: new Uint8Array(0) }]);
  });
});

describe("What is none", () => {
  test("The written form is base64 without padding.", () => {
    expect(writeDetails(failure("not_found", "m", [null]))).toMatch(/^[A-Za-z0-9+/]+$/u);
  });

  test("Cut anywhere, it does not throw.", () => {
    const text = writeDetails(failure("aborted", "m", [{ a: [1, "x"] }, { type: "a.B", value: Uint8Array.of(1) }]));
    for (let cut = 0; cut <= text.length; cut += 1) expect(Array.isArray(readDetails(text.slice(0, cut)))).toBe(true);
  });

  test("A number that has not eight bytes is no number.", () => {
    const name = [...Buffer.from("/google.protobuf.Value")];
    const any = [10, name.length, ...name, 18, 3, 0x12, 1, 9];
    expect(readDetails(textBase64([26, any.length, ...any]))).toEqual([null]);
  });

  test("Random bytes, and details with some bytes changed, do not throw.", () => {
    const whole = Buffer.from(
      writeDetails(failure("aborted", "m", [{ a: [1, "x", false, { b: null }] }, -2.5])),
      "base64",
    );
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 60 }),
        fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 4 }),
        (noise, changes) => {
          expect(Array.isArray(readDetails(textBase64([...noise])))).toBe(true);
          const changed = [...whole];
          for (const [at, byte] of changes) changed[at] = byte;
          expect(Array.isArray(readDetails(textBase64(changed)))).toBe(true);
        },
      ),
      { seed: 20_260_101, numRuns: 1500 },
    );
  });

  test("Lists within each other without end do not exhaust the stack.", () => {
    let value: Buffer = Buffer.of(8, 0);
    const varint = (n: number): number[] => (n < 128 ? [n] : [(n & 127) | 128, ...varint(n >>> 7)]);
    const field = (number: number, body: Buffer): Buffer =>
      Buffer.from([number * 8 + 2, ...varint(body.length), ...body]);
    for (let depth = 0; depth < 1500; depth += 1) value = field(6, field(1, value));
    const any = Buffer.concat([field(1, Buffer.from("/google.protobuf.Value")), field(2, value)]);
    const deep = readDetails(field(3, any).toString("base64"));
    expect(JSON.stringify(deep).length).toBeLessThan(300);
  });
});

/** Without -0, which toEqual tells from 0, and which JSON does not. */
function signless(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
