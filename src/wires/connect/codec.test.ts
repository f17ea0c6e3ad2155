import { expect, test } from "vitest";
import { CONTENT_TYPES, contentTypeOf, readContentType } from "./codec.js";

test("Every content type is written as it is read.", () => {
  expect(CONTENT_TYPES.length).toBe(4);
  for (const type of CONTENT_TYPES) {
    const { form, codec } = readContentType(type) ?? { form: "unary", codec: "value" };
    expect(contentTypeOf(form, codec)).toBe(type);
  }
});

test("Case and parameters do not matter.", () => {
  expect(readContentType(" Application/JSON ; charset=utf-8")).toEqual({ form: "unary", codec: "json" });
  expect(readContentType("application/connect+PROTO;a=b")).toEqual({ form: "stream", codec: "proto" });
});

test.each([
  "",
  "application/jsonx",
  "application/connect+",
  "application/connect+thrift",
  "application/grpc",
  "toString",
])("%j is none.", (type) => {
  expect(readContentType(type)).toBeUndefined();
});
