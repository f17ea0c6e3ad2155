import { expect, test } from "vitest";
import { CODES } from "../../call/code.js";
import { failure, OK } from "../../call/status.js";
import { codeOfHttp, httpStatusOf } from "./status.js";

test("Codes and HTTP statuses are those of the specification.", () => {
  expect(CODES.map((code) => (code === "ok" ? httpStatusOf(OK) : httpStatusOf(failure(code, ""))))).toEqual([
    200, 499, 500, 400, 504, 404, 409, 403, 429, 400, 409, 400, 501, 500, 503, 500, 401,
  ]);
  expect([400, 401, 403, 404, 429, 502, 503, 504, 500, 415, 302].map(codeOfHttp)).toEqual([
    "internal",
    "unauthenticated",
    "permission_denied",
    "unimplemented",
    "unavailable",
    "unavailable",
    "unavailable",
    "unavailable",
    "unknown",
    "unknown",
    "unknown",
  ]);
});
