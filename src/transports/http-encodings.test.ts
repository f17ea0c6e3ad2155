import { describe, expect, test } from "vitest";
import { acceptsGzip, decodedHead, encodingOf } from "./http-encodings.js";

describe("A body", () => {
  test.each([
    [[], undefined],
    [["identity"], undefined],
    [[""], undefined],
    [["gzip"], "gzip"],
    [["X-GZip"], "gzip"],
    [["deflate"], "deflate"],
    [["identity, gzip"], "gzip"],
    [["br"], "unknown"],
    [["constructor"], "unknown"],
    [["gzip, gzip"], "unknown"],
    [["gzip", "deflate"], "unknown"],
  ])("with content-encoding %j is coded in %s", (values, encoding) => {
    expect(encodingOf(values.map((value) => ["content-encoding", value]))).toBe(encoding);
  });
});

describe("A peer", () => {
  test.each([
    [[], false],
    [[""], false],
    [["gzip"], true],
    [["x-gzip"], true],
    [["GZIP;Q=0.5"], true],
    [["gzip;q=0"], false],
    [["gzip ; q=0.000"], false],
    [["gzip;q=0.001"], true],
    [["gzip;q=1"], true],
    [["br, deflate, gzip"], true],
    [["br", "gzip"], true],
    [["br, deflate"], false],
    [["*"], true],
    [["*;q=0"], false],
    [["*, gzip;q=0"], false],
    [["gzip;q=0, *"], false],
    [["gzip, *;q=0"], true],
    [["*;q=0, gzip"], true],
    [["identity"], false],
    [["gzipped"], false],
  ])("with accept-encoding %j takes gzip: %s", (values, accepted) => {
    expect(acceptsGzip(values.map((value) => ["accept-encoding", value]))).toBe(accepted);
  });
});

test("A decoded message says nothing of its coding, nor of its length when it was coded.", () => {
  const head = {
    status: 200,
    fields: [
      ["content-length", "3"],
      ["content-type", "text/xml"],
      ["content-encoding", "gzip"],
    ] as const,
  };
  expect(decodedHead(head)).toEqual({ status: 200, fields: [["content-type", "text/xml"]] });
});
