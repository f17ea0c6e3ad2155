import { describe, expect, test } from "vitest";
import { CODES } from "../../call/code.js";
import { failure, type Status } from "../../call/status.js";
import { errorValue, readError } from "./error-value.js";

const OTHERWISE = { ...failure("unavailable", "HTTP says so."), code: "unavailable" } as const;

/** What a status is at the far end. */
function passed(status: Status): Status {
  return readError(JSON.parse(JSON.stringify(errorValue(status))), OTHERWISE);
}

describe("An Error", () => {
  test("has its code, and its message where there is one.", () => {
    for (const code of CODES) {
      if (code === "ok") continue;
      expect(errorValue(failure(code, ""))).toEqual({ code });
      expect(passed(failure(code, "Ünly so."))).toEqual(failure(code, "Ünly so."));
    }
  });

  test("has plain data for details, which people can read, and messages of other types.", () => {
    const retry = { type: "google.rpc.RetryInfo", value: Uint8Array.of(10, 2, 8, 60) };
    const status = failure("aborted", "no", [{ a: [1, null, "x"] }, retry, 7n]);
    expect(errorValue(status)).toMatchObject({
      details: [
        { type: "google.protobuf.Value", debug: { a: [1, null, "x"] } },
        { type: "google.rpc.RetryInfo", value: "CgIIPA" },
        { debug: "7" },
      ],
    });
    expect(passed(status).details).toEqual([{ a: [1, null, "x"] }, retry, "7"]);
  });

  test("without details that can be read has those that can.", () => {
    const details = [
      null,
      1,
      {},
      { type: "x" },
      { type: "x", value: 1 },
      { type: "x", value: "!" },
      { type: "a/b.C", value: "CgIIPA==" },
    ];
    expect(readError({ code: "aborted", details }, OTHERWISE).details).toEqual([
      { type: "b.C", value: Uint8Array.of(10, 2, 8, 60) },
    ]);
    expect(readError({ code: "aborted", details: {} }, OTHERWISE).details).toEqual([]);
  });

  test.each([
    [{ code: "ok" }],
    [{ code: null }],
    [{}],
    [{ code: "CANCELED" }],
    [{ code: 5 }],
    [{ code: "toString" }],
    [[]],
  ])("%j has the code that is known otherwise.", (error) => {
    expect(readError(error, OTHERWISE)).toEqual(OTHERWISE);
  });

  test.each([null, undefined, 1, "x", true])("%j is none.", (error) => {
    expect(readError(error, OTHERWISE)).toBe(OTHERWISE);
  });

  test("keeps its message where its code is none.", () => {
    expect(readError({ code: "no", message: "Too bad." }, OTHERWISE)).toEqual(failure("unavailable", "Too bad."));
  });
});
