import { describe, expect, test } from "vitest";
import { errorOf, RpcError, statusOf } from "./rpc-error.js";
import { failure, OK } from "./status.js";

describe("statusOf", () => {
  test("passes on what an RpcError says, without its cause and stack", () => {
    const error = new RpcError("not_found", "No such thing.", {
      details: [{ id: 1 }],
      headers: { "X-Hint": "look" },
      cause: new Error("a secret"),
    });
    const status = statusOf(error);
    expect(status).toEqual({
      code: "not_found",
      message: "No such thing.",
      details: [{ id: 1 }],
      trailers: [["x-hint", "look"]],
    });
    expect(JSON.stringify(status)).not.toContain("secret");
  });

  test.each([new TypeError("a secret"), "a secret", { message: "a secret" }, undefined, null])(
    "withholds the message of anything else (%s)",
    (thrown) => {
      const status = statusOf(thrown);
      expect(status.code).toBe("internal");
      expect(status.message).not.toContain("secret");
    },
  );

  test("shows the message of an Error where the server exposes them, and of nothing else", () => {
    expect(statusOf(new TypeError("a secret"), true).message).toBe("a secret");
    expect(statusOf("a secret", true).message).not.toContain("secret");
  });
});

describe("errorOf", () => {
  test("makes of a status an RpcError that says the same, and has no stack", () => {
    const status = { ...failure("aborted", "Torn.", [1]), trailers: [["a", "b"]] as const };
    const error = errorOf(status);
    expect(error).toBeInstanceOf(RpcError);
    expect(error).toBeInstanceOf(Error);
    expect([error.code, error.message, error.details]).toEqual(["aborted", "Torn.", [1]]);
    expect(error.headers?.get("a")).toBe("b");
    expect(error.stack).not.toContain("    at ");
    expect(statusOf(error)).toEqual(status);
  });

  test("does not take an end in peace for an error code", () => {
    expect(errorOf(OK).code).toBe("unknown");
  });

  test("leaves the stacks of others alone", () => {
    errorOf(failure("aborted", ""));
    expect(new Error("mine").stack).toContain("    at ");
  });
});

test("An RpcError is recognised across copies of the package, and nothing else is taken for one", () => {
  expect(new RpcError("aborted", "x")).toBeInstanceOf(RpcError);
  expect(new Error("x")).not.toBeInstanceOf(RpcError);
  expect({ code: "aborted", message: "x" }).not.toBeInstanceOf(RpcError);
  expect(String(new RpcError("aborted", "Torn."))).toBe("aborted: Torn.");
  expect(new RpcError("aborted", "Torn.", { cause: 1 }).cause).toBe(1);
  expect("cause" in new RpcError("aborted", "Torn.")).toBe(false);
});
