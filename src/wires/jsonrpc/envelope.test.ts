import { describe, expect, test } from "vitest";
import { complaint, idOf, idShown } from "./envelope.js";

const REQUEST = { jsonrpc: "2.0", method: "m" };

describe("complaint", () => {
  test.each([
    REQUEST,
    { ...REQUEST, id: 1, params: [] },
    { ...REQUEST, id: "", params: {} },
    { ...REQUEST, id: null },
    { ...REQUEST, id: -9_007_199_254_740_991 },
    { ...REQUEST, id: 0.1 },
    { ...REQUEST, id: 1, more: true, timeout_ms: 0, headers: { a: ["b"] } },
    { ...REQUEST, method: "", other: 1 },
  ])("%j is a request.", (value) => {
    expect(complaint(value)).toBeUndefined();
  });

  test.each([
    [1, "object"],
    [null, "object"],
    ["text", "object"],
    [[], "object"],
    [{ method: "m" }, '"jsonrpc"'],
    [{ ...REQUEST, jsonrpc: 2 }, '"jsonrpc"'],
    [{ ...REQUEST, jsonrpc: "1.0" }, '"jsonrpc"'],
    [{ jsonrpc: "2.0" }, '"method"'],
    [{ ...REQUEST, method: 1 }, '"method"'],
    [{ ...REQUEST, id: true }, '"id"'],
    [{ ...REQUEST, id: [1] }, '"id"'],
    [{ ...REQUEST, id: 9_007_199_254_740_992 }, '"id"'],
    [{ ...REQUEST, id: 1e300 }, '"id"'],
    [{ ...REQUEST, id: 0.1 + 0.2 }, '"id"'],
    [{ ...REQUEST, params: null }, '"params"'],
    [{ ...REQUEST, params: "bar" }, '"params"'],
    [{ ...REQUEST, id: 1, more: 1 }, '"more"'],
    [{ ...REQUEST, more: true }, '"more"'],
    [{ ...REQUEST, timeout_ms: -1 }, '"timeout_ms"'],
    [{ ...REQUEST, timeout_ms: "5" }, '"timeout_ms"'],
    [{ ...REQUEST, headers: { a: 1 } }, '"headers"'],
  ])("%j is none, and it is said why.", (value, word) => {
    expect(complaint(value)).toContain(word);
  });
});

test("The id of a wrong request is found where it can be echoed.", () => {
  const table: readonly [unknown, unknown][] = [
    [{ id: 1 }, 1],
    [{ id: "a" }, "a"],
    [{ id: null }, null],
    [{}, null],
    [{ id: {} }, null],
    [{ id: 1e20 }, null],
    [5, null],
    [null, null],
  ];
  for (const [value, id] of table) expect(idOf(value)).toBe(id);
});

test("The id of a message that was not parsed is found right behind its version.", () => {
  const table: readonly [string, unknown][] = [
    ['{"jsonrpc":"2.0","id":12,"method"', 12],
    [' { "jsonrpc" : "2.0" , "id" : "a b" }', "a b"],
    ['{"jsonrpc":"2.0","id":-0.5,', undefined],
    ['{"jsonrpc":"2.0","id":12', undefined],
    ['{"jsonrpc":"2.0","id":1234567890123456,', undefined],
    ['{"jsonrpc":"2.0","id":"\\u0041",', undefined],
    ['{"jsonrpc":"2.0","method":"m","id":1,', undefined],
    ['[{"jsonrpc":"2.0","id":1,', undefined],
    ["", undefined],
  ];
  for (const [text, id] of table) expect([text, idShown(text)]).toEqual([text, id]);
});
