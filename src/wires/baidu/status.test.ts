import { expect, test } from "vitest";
import { CODES } from "../../call/code.js";
import { failure } from "../../call/status.js";
import { detailsJson, errorNumber, errorStatus } from "./status.js";

test("Every code has a number, which stands for that code.", () => {
  const numbers = new Set<number>();
  for (const code of CODES) {
    if (code === "ok") continue;
    const number = errorNumber(failure(code, ""));
    numbers.add(number);
    expect(errorStatus(number, "Why.", undefined)).toEqual(failure(code, "Why."));
  }
  expect(numbers.size).toBe(CODES.length - 1);
});

test("The numbers that brpc's gRPC knows mean what they mean there.", () => {
  const known = {
    1001: "unimplemented",
    1002: "unimplemented",
    1004: "unauthenticated",
    1003: "invalid_argument",
    22: "invalid_argument",
  };
  const more = {
    2004: "resource_exhausted",
    2003: "unavailable",
    1008: "deadline_exceeded",
    125: "canceled",
    2001: "internal",
  };
  for (const [number, code] of Object.entries({ ...known, ...more }))
    expect(errorStatus(Number(number), "", undefined).code).toBe(code);
});

test("A number that stands for no code is kept, and written again.", () => {
  const status = errorStatus(4711, "Mine.", undefined);
  expect(status).toMatchObject({ code: "unknown", details: [{ baidu: { code: 4711 } }] });
  expect(errorNumber(status)).toBe(4711);
  expect(detailsJson(status)).toBeUndefined();
  for (const code of [0, 0.5, 2 ** 40, "1"])
    expect(errorNumber(failure("aborted", "", [{ baidu: { code } }]))).toBe(35);
});

test("Details are read as they were written; what is no JSON is left out.", () => {
  const details = [{ a: [1, null] }, "é"];
  expect(errorStatus(1003, "", detailsJson(failure("aborted", "", details))).details).toEqual(details);
  expect(detailsJson(failure("aborted", "", [1n]))).toBeUndefined();
  expect(errorStatus(1003, "", "{").details).toEqual([]);
  expect(errorStatus(1003, "", "5").details).toEqual([5]);
});
