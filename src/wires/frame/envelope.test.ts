import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { complaint, idWithin } from "./envelope.js";

describe("complaint", () => {
  test.each<[unknown]>([
    [{ in: "ping" }],
    [{ in: "ping", params: "x" }],
    [{ in: "" }],
    [{ in: "ping", id: 1 }],
    [{ in: "ping", id: 0 }],
    [{ in: "ping", id: -1.5 }],
    [{ in: "ping", id: Number.MAX_SAFE_INTEGER }],
    [{ in: "ping", id: "a" }],
    [{ in: "ping", id: "" }],
    [{ in: "ping", id: null }],
    [{ in: "ping", timeout_ms: 0 }],
    [{ in: "ping", timeout_ms: 1.5 }],
    [{ in: "ping", timeout_ms: null }],
    [{ in: "ping", headers: {} }],
    [{ in: "ping", headers: { a: "1", b: ["2", "3"] } }],
    [{ id: 1, more: true, params: null }],
    [{ id: 1, done: true }],
    [{ id: 1, cancel: true }],
    [{ in: "ping", more: false, done: false, cancel: false }],
    [{ in: "ping", unknown: { field: [] } }],
    [{}],
  ])("has nothing against %j", (frame) => {
    expect(complaint(frame)).toBeUndefined();
  });

  test.each<[unknown, string]>([
    [null, "JSON object"],
    [1, "JSON object"],
    ["ping", "JSON object"],
    [true, "JSON object"],
    [[], "JSON object"],
    [[{ in: "ping" }], "JSON object"],
    [{ in: 1 }, '"in"'],
    [{ in: null }, '"in"'],
    [{ in: ["ping"] }, '"in"'],
    [{ in: { a: 1 } }, '"in"'],
    [{ in: "ping", id: true }, '"id"'],
    [{ in: "ping", id: [] }, '"id"'],
    [{ in: "ping", id: {} }, '"id"'],
    [{ in: "ping", id: Number.MAX_SAFE_INTEGER + 1 }, '"id"'],
    [{ in: "ping", id: -1e300 }, '"id"'],
    [JSON.parse('{"in":"ping","id":1e999}'), '"id"'],
    [{ in: "ping", timeout_ms: -1 }, '"timeout_ms"'],
    [{ in: "ping", timeout_ms: "5" }, '"timeout_ms"'],
    [{ in: "ping", timeout_ms: [5] }, '"timeout_ms"'],
    [{ in: "ping", more: 1 }, '"more"'],
    [{ in: "ping", more: null }, '"more"'],
    [{ in: "ping", done: "true" }, '"done"'],
    [{ in: "ping", cancel: {} }, '"cancel"'],
    [{ in: "ping", headers: null }, '"headers"'],
    [{ in: "ping", headers: [] }, '"headers"'],
    [{ in: "ping", headers: "a" }, '"headers"'],
    [{ in: "ping", headers: { a: 1 } }, '"headers"'],
    [{ in: "ping", headers: { "a b": "1" } }, '"headers"'],
    [{ in: "ping", headers: { a: "1\n" } }, '"headers"'],
  ])("says of %j what is wrong with %s", (frame, what) => {
    expect(complaint(frame)).toContain(what);
  });

  test("says something, or nothing, of any JSON at all", () => {
    const field = fc.constantFrom("in", "id", "params", "headers", "timeout_ms", "more", "done", "cancel", "__proto__");
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), fc.dictionary(field, fc.jsonValue())), (value) => {
        expect(["string", "undefined"]).toContain(typeof complaint(JSON.parse(JSON.stringify(value))));
      }),
    );
  });
});

describe("idWithin", () => {
  const id = fc.oneof(
    fc.integer({ min: -999_999_999_999_999, max: 999_999_999_999_999 }),
    fc.string({ unit: fc.constantFrom(...'ab"\\ é\n'), maxLength: 12 }),
  );

  test("finds any id that follows in or out, in a frame cut anywhere behind it", () => {
    const input = fc.record({
      name: fc.string(),
      id,
      key: fc.constantFrom("in", "out"),
      indent: fc.constantFrom(undefined, 1),
    });
    fc.assert(
      fc.property(input, ({ name, id: written, key, indent }) => {
        const text = JSON.stringify({ [key]: name, id: written, params: "x" }, null, indent);
        const behind = text.lastIndexOf(indent === undefined ? '"params"' : '"params"');
        for (let length = behind; length <= text.length; length += 1)
          expect(idWithin(text.slice(0, length))).toBe(written);
      }),
    );
  });

  test.each([
    "",
    "{}",
    '{"id":1}',
    '{"params":{"in":"x","id":1},"in":"y"}',
    '{"in":"ping","params":1,"id":1}',
    '{"in":"ping","id":1',
    '{"in":"ping","id":1.5,"params":1}',
    '{"in":"ping","id":1e9,"params":1}',
    '{"in":"ping","id":12345678901234567890,"params":1}',
    '{"in":"ping","id":"unfinished',
    '{"in":"ping","id":"bad \\x escape","params":1}',
    '{"in":"ping","id":true,"params":1}',
    '[{"in":"ping","id":1,"params":1}]',
  ])("finds none in %s", (text) => {
    expect(idWithin(text)).toBeUndefined();
  });

  test("takes no longer than a moment over long texts made to mislead it", () => {
    const began = process.cpuUsage().user;
    for (const text of [
      `{"in":"${"\\".repeat(100_000)}`,
      `{${" ".repeat(100_000)}`,
      `{"in":"a","id":"${"\\a".repeat(50_000)}`,
    ])
      idWithin(text);
    expect(process.cpuUsage().user - began).toBeLessThan(500_000);
  });
});
