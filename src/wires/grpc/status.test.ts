import { describe, expect, test } from "vitest";
import { CODES } from "../../call/code.js";
import { failure, OK } from "../../call/status.js";
import { httpStatus, readStatus, statusFields } from "./status.js";

describe("Writing and reading", () => {
  test.each([...CODES.entries()].slice(1))("The code %i is %s both ways.", (number, code) => {
    if (code === "ok") throw new Error("Success is no error.");
    const fields = statusFields(failure(code, "Wrong: 100 % ü"));
    expect(fields).toEqual([
      ["grpc-status", String(number)],
      ["grpc-message", "Wrong: 100 %25 %C3%BC"],
    ]);
    expect(readStatus(fields)).toEqual(failure(code, "Wrong: 100 % ü"));
  });

  test("Success is one shared object both ways, unless it has trailers.", () => {
    expect(statusFields(OK)).toBe(statusFields(OK));
    expect(statusFields(OK)).toEqual([["grpc-status", "0"]]);
    expect(readStatus(statusFields(OK))).toBe(OK);
    const own = { ...OK, trailers: [["x-a", "1"]] as const };
    expect(readStatus(statusFields(own))).toEqual(own);
  });

  test("An empty message is left out, and details and trailers come back.", () => {
    expect(statusFields(failure("aborted", ""))).toEqual([["grpc-status", "10"]]);
    const status = { ...failure("aborted", "m", [{ a: 1 }]), trailers: [["x-a", "1"]] as const };
    expect(readStatus(statusFields(status))).toEqual(status);
  });

  test("Fields without grpc-status say nothing.", () => {
    expect(readStatus([])).toBeUndefined();
    expect(readStatus([["grpc-message", "x"]])).toBeUndefined();
  });

  test.each(["17", "-1", "1.5", "", "ok", "00", "NaN", "99999999999"])("The status %j is unknown.", (said) => {
    expect(readStatus([["grpc-status", said]])?.code).toBe("unknown");
  });

  test("Details that are none are left out.", () => {
    const status = readStatus([
      ["grpc-status", "5"],
      ["grpc-status-details-bin", "***"],
    ]);
    expect(status).toEqual(failure("not_found", ""));
  });
});

test.each([
  [400, "internal"],
  [401, "unauthenticated"],
  [403, "permission_denied"],
  [404, "unimplemented"],
  [429, "unavailable"],
  [502, "unavailable"],
  [503, "unavailable"],
  [504, "unavailable"],
  [200, "unknown"],
  [500, "unknown"],
  [418, "unknown"],
])("HTTP status %i without gRPC is %s.", (status, code) => {
  expect(httpStatus(status, " with text/html")).toMatchObject({
    code,
    message: expect.stringContaining(`${status} with text/html`) as string, // a matcher
  });
});
