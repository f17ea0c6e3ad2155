import { describe, expect, test } from "vitest";
import { failure, OK } from "../../call/status.js";
import { readEndStream, writeEndStream } from "./end-stream.js";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe("The end of a stream", () => {
  test("says how the call ended, and its trailers.", () => {
    const trailers = [
      ["x-a", "1"],
      ["x-b", "2"],
      ["x-a", "3"],
    ] as const;
    const failed = { ...failure("aborted", "no", [{ a: 1 }]), trailers };
    expect(JSON.parse(new TextDecoder().decode(writeEndStream(failed)))).toMatchObject({
      error: { code: "aborted", message: "no" },
      metadata: { "x-a": ["1", "3"], "x-b": ["2"] },
    });
    const read = readEndStream(writeEndStream(failed));
    expect(read).toMatchObject({ code: "aborted", message: "no", details: [{ a: 1 }] });
    expect(new Headers(read.trailers as [string, string][])).toEqual(
      new Headers([...trailers].map(([a, b]) => [a, b])),
    );
    expect(readEndStream(writeEndStream({ ...OK, trailers })).code).toBe("ok");
  });

  test("is {} where all went well, and then the shared OK.", () => {
    expect([...writeEndStream(OK)]).toEqual([...bytes("{}")]);
    expect(readEndStream(bytes("{}"))).toBe(OK);
    expect(readEndStream(bytes('{"error":null,"metadata":{}}'))).toBe(OK);
  });

  test.each(['{"error":{}}', '{"error":{"code":null}}', '{"error":{"code":"no"}}', '{"error":7}'])(
    "%s is an unknown error.",
    (text) => {
      expect(readEndStream(bytes(text)).code).toBe("unknown");
    },
  );

  test.each(["", "no", "{", "null", "7", '{"error":{"code":"aborted"}'])("%j is none.", (text) => {
    expect(readEndStream(bytes(text)).code).toBe("internal");
  });

  test("that is no UTF-8 is none, wherever it is cut.", () => {
    const whole = writeEndStream(failure("aborted", "größer"));
    for (let cut = 0; cut < whole.length; cut += 1) expect(readEndStream(whole.subarray(0, cut)).code).toBe("internal");
    expect(readEndStream(Uint8Array.of(255)).code).toBe("internal");
  });

  test("loses metadata that is none, and no more.", () => {
    expect(readEndStream(bytes('{"metadata":{"a b":["c"]},"error":{"code":"aborted"}}'))).toEqual(
      failure("aborted", ""),
    );
  });
});
