import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Code, CODES } from "../../call/code.js";
import { failure } from "../../call/status.js";
import { errorJson, errorStatus, protocolError } from "./status.js";

/** Every code and its number. */
const NUMBERS: readonly (readonly [Code, number])[] = [
  ["canceled", -32001],
  ["unknown", -32002],
  ["invalid_argument", -32602],
  ["deadline_exceeded", -32004],
  ["not_found", -32005],
  ["already_exists", -32006],
  ["permission_denied", -32007],
  ["resource_exhausted", -32008],
  ["failed_precondition", -32009],
  ["aborted", -32010],
  ["out_of_range", -32011],
  ["unimplemented", -32601],
  ["internal", -32603],
  ["unavailable", -32014],
  ["data_loss", -32015],
  ["unauthenticated", -32016],
];

describe("status", () => {
  test.each(NUMBERS)("%s is written as %i, and read back.", (code, number) => {
    expect(JSON.parse(errorJson(failure(code, "m")))).toEqual({ code: number, message: "m" });
    expect(errorStatus({ code: number, message: "m" })).toEqual(failure(code, "m"));
  });

  test("The table has every code.", () => {
    expect(NUMBERS.map(([code]) => code)).toEqual(CODES.slice(1));
  });

  test.each([
    [-32700, "invalid_argument"],
    [-32600, "invalid_argument"],
    [-32800, "canceled"],
    [-32801, "aborted"],
  ] as const)("%i is read as %s.", (number, code) => {
    expect(errorStatus({ code: number, message: "m" })).toEqual(failure(code, "m"));
  });

  test("Details cross, and other data is one detail.", () => {
    const status = failure("not_found", "m", [{ at: 1 }, "two"]);
    const data = { code: "not_found", details: [{ at: 1 }, "two"] };
    expect(JSON.parse(errorJson(status))).toEqual({ code: -32005, message: "m", data });
    expect(errorStatus({ code: -32005, message: "m", data })).toEqual(status);
    for (const other of [
      { details: [1] },
      { code: "nope", details: [1] },
      { code: "aborted", details: 1 },
      "text",
      null,
      0,
    ])
      expect(errorStatus({ code: -32005, message: "m", data: other }).details).toEqual([other]);
  });

  test("An application's own number crosses both ways, with its data.", () => {
    fc.assert(
      fc.property(fc.integer({ min: -31_999 }), fc.option(fc.jsonValue(), { nil: undefined }), (code, data) => {
        const error = data === undefined ? { code, message: "m" } : { code, message: "m", data };
        const status = errorStatus(error);
        expect(status.code).toBe("unknown");
        expect(JSON.parse(errorJson(status))).toEqual(JSON.parse(JSON.stringify(error)));
      }),
    );
    expect(JSON.parse(errorJson(failure("aborted", "m", [{ jsonrpc: { code: 7 } }])))).toEqual({
      code: 7,
      message: "m",
    });
    expect(JSON.parse(errorJson(protocolError(-32700, "m")))).toEqual({ code: -32700, message: "m" });
  });

  test("Details of nearly that form are only details.", () => {
    for (const detail of [
      { jsonrpc: null },
      { jsonrpc: {} },
      { jsonrpc: { code: "7" } },
      { jsonrpc: { code: 1.5 } },
      null,
    ]) {
      const written = JSON.parse(errorJson(failure("aborted", "m", [detail]))) as unknown;
      expect(written).toEqual({ code: -32010, message: "m", data: { code: "aborted", details: [detail] } });
    }
  });

  test("Details that are no JSON do not hide the error.", () => {
    expect(JSON.parse(errorJson(failure("aborted", "m", [1n])))).toEqual({ code: -32010, message: "m" });
  });

  test("Errors of a form of their own are unknown, and say what came.", () => {
    expect(errorStatus("no")).toEqual(failure("unknown", 'The error is "no".'));
    expect(errorStatus(5)).toEqual(failure("unknown", "The error is 5."));
    expect(errorStatus({ message: "m", data: 1 })).toEqual(failure("unknown", "m", [1]));
    expect(errorStatus({ code: "E1" })).toEqual(failure("unknown", '{"code":"E1"}'));
  });
});
