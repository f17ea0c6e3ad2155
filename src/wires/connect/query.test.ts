import { describe, expect, test } from "vitest";
import { readQuery, writeQuery } from "./query.js";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe("A query", () => {
  test("has its parts in the order that caches are to see.", () => {
    expect(writeQuery({ encoding: "json", compression: undefined, message: bytes('{"a":"ä&+ %"}') })).toBe(
      "connect=v1&encoding=json&message=%7B%22a%22%3A%22%C3%A4%26%2B%20%25%22%7D",
    );
    expect(writeQuery({ encoding: "proto", compression: "gzip", message: Uint8Array.of(251, 255, 254, 1) })).toBe(
      "connect=v1&base64=1&compression=gzip&encoding=proto&message=-__-AQ",
    );
  });

  test("is read as it was written.", () => {
    for (const message of [new Uint8Array(0), bytes("{}"), bytes("größer & +"), Uint8Array.of(0, 255, 128)])
      for (const encoding of ["json", "proto"])
        for (const compression of [undefined, "gzip"]) {
          const read = readQuery(writeQuery({ encoding, compression, message }));
          expect(read).toMatchObject({ version: "v1", encoding, compression });
          expect([...(read.message as Uint8Array)]).toEqual([...message]);
        }
  });

  test("may be in any order, with what nobody knows, and base64 of either kind.", () => {
    const whole = readQuery("utm=1&message=-__-AQ%3D%3D&x&base64=1&encoding=proto&connect=v1");
    expect(whole).toEqual({
      version: "v1",
      encoding: "proto",
      compression: undefined,
      message: Uint8Array.of(251, 255, 254, 1),
    });
    expect(readQuery("message=%2B%2F%2F%2BAQ&base64=1").message).toEqual(Uint8Array.of(251, 255, 254, 1));
    expect(readQuery("message=e30&base64=yes").message).toEqual(bytes("e30"));
    expect(readQuery("compression=identity").compression).toBeUndefined();
  });

  test("may lack anything, and hold what is none.", () => {
    expect(readQuery("")).toEqual({
      version: undefined,
      encoding: undefined,
      compression: undefined,
      message: "missing",
    });
    expect(readQuery("message=!&base64=1").message).toBe("broken");
    expect(readQuery("message=").message).toEqual(new Uint8Array(0));
    expect(readQuery("message=%").message).toEqual(bytes("%"));
  });
});
