import { expect, test } from "vitest";
import { codecOf, CONTENT_TYPES, contentTypeOf } from "./codec.js";

test.each([
  ["application/grpc", "proto"],
  ["application/grpc+proto", "proto"],
  ["application/grpc+json", "json"],
  ["Application/GRPC+JSON", "json"],
  ["application/grpc+json; charset=utf-8", "json"],
  ["application/grpc+json ;x=1", "json"],
  ["application/grpc;proto=x", "proto"],
  ["constructor", "proto"],
])("Messages of %s are %s.", (type, codec) => {
  expect(codecOf(type)).toBe(codec);
});

test("What is sent is one of gRPC's types, and read as what it was.", () => {
  for (const codec of ["json", "proto"] as const) {
    expect(CONTENT_TYPES).toContain(contentTypeOf(codec));
    expect(codecOf(contentTypeOf(codec))).toBe(codec);
  }
});
