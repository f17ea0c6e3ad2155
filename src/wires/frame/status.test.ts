import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CODES } from "../../call/code.js";
import { errorJson, errorStatus } from "./status.js";

const code = fc.constantFrom(...CODES.filter((one) => one !== "ok"));

describe("errors of a frame", () => {
  test("any error is read back as it was written", () => {
    const details = fc.array(fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)) as unknown));
    fc.assert(
      fc.property(code, fc.string(), details, (written, message, all) => {
        const status = { code: written, message, details: all, trailers: [] };
        expect(errorStatus(JSON.parse(errorJson(status)))).toEqual(status);
      }),
    );
  });

  test("details are left out where there are none", () => {
    expect(errorJson({ code: "not_found", message: "No.", details: [], trailers: [] })).toBe(
      '{"code":"not_found","message":"No."}',
    );
  });

  test("details that are no JSON do not hide the error", () => {
    const cycle: unknown[] = [];
    cycle.push(cycle);
    for (const details of [[1n], cycle]) {
      expect(errorJson({ code: "aborted", message: "No.", details, trailers: [] })).toBe(
        '{"code":"aborted","message":"No."}',
      );
    }
  });

  test.each<[unknown, string, string, unknown[]]>([
    [{ code: "not_found", message: "No." }, "not_found", "No.", []],
    [{ code: "NOT_FOUND", message: "No." }, "unknown", "No.", []],
    [{ code: 5, message: "No." }, "unknown", "No.", []],
    [{ code: "ok", message: "No." }, "unknown", "No.", []],
    [{ message: "No." }, "unknown", "No.", []],
    [{ code: "aborted", message: "No.", details: "none" }, "aborted", "No.", []],
    [{ code: "aborted", message: "No.", details: [1, { a: 2 }] }, "aborted", "No.", [1, { a: 2 }]],
    ["No.", "unknown", "No.", []],
    [{ error: "No." }, "unknown", '{"error":"No."}', []],
    [{ code: "aborted", message: 5 }, "unknown", '{"code":"aborted","message":5}', []],
    [["No."], "unknown", '["No."]', []],
    [42, "unknown", "42", []],
    [null, "unknown", "null", []],
    [undefined, "unknown", "null", []],
  ])("the error %j of any server is read as %s: %s", (result, expected, message, details) => {
    expect(errorStatus(result)).toEqual({ code: expected, message, details, trailers: [] });
  });
});
