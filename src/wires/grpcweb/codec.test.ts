import { expect, test } from "vitest";
import { CONTENT_TYPES, webNameOf, webTypeOf } from "./codec.js";

test("Every content type is one of gRPC's, as bytes or as text, and back.", () => {
  for (const name of CONTENT_TYPES) {
    const type = webTypeOf(name);
    expect(type?.grpc).toMatch(/^application\/grpc(?:\+proto|\+json)?$/u);
    expect(webNameOf(type?.grpc ?? "", type?.text ?? false)).toBe(name);
  }
});

test("Case and parameters mean nothing.", () => {
  expect(webTypeOf(" Application/gRPC-Web-Text ; charset=utf-8")).toEqual({ grpc: "application/grpc", text: true });
});

test.each(["", "application/grpc", "application/grpc+proto", "application/grpc-web+thrift", "constructor", "*/*"])(
  "%j is none.",
  (name) => {
    expect(webTypeOf(name)).toBeUndefined();
  },
);

test("What gRPC might say beside is written as plain gRPC-Web.", () => {
  expect([webNameOf("application/grpc+x", false), webNameOf("", true)]).toEqual([
    "application/grpc-web",
    "application/grpc-web-text",
  ]);
});
