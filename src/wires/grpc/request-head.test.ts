import { expect, test } from "vitest";
import type { Fields } from "../../call/fields.js";
import type { HttpRequest } from "../http.js";
import { requestHead } from "./request-head.js";

const PEER = { address: "tcp://127.0.0.1:1" };

function asked(fields: Fields): HttpRequest {
  return { method: "POST", path: "/demo.Greeter/hello", query: "", fields, memo: undefined };
}

test("A head says the method, the codec and the time, and the rest is metadata.", () => {
  const head = requestHead(
    asked([
      ["te", "trailers"],
      ["content-type", "application/grpc+json"],
      ["grpc-timeout", "2S"],
      ["grpc-encoding", "gzip"],
      ["grpc-accept-encoding", "gzip, identity"],
      ["x-a", "1"],
      ["x-a", "2"],
    ]),
    PEER,
  );
  expect(head).toMatchObject({
    encoding: "gzip",
    badTimeout: false,
    answer: { status: 200, fields: [["content-type", "application/grpc+json"]] },
  });
  expect(head.call).toMatchObject({ path: "demo.Greeter/hello", codec: "json", timeoutMs: 2000, peer: PEER });
  expect(head.call.fields).toEqual([
    ["x-a", "1"],
    ["x-a", "2"],
  ]);
});

test("A head that says little means protobuf, without a limit and uncompressed.", () => {
  const head = requestHead(asked([["grpc-encoding", "identity"]]), PEER);
  expect(head).toMatchObject({ encoding: undefined, badTimeout: false });
  expect(head.call).toMatchObject({ codec: "proto", timeoutMs: undefined, fields: [] });
});

test("A timeout that is none is told.", () => {
  expect(requestHead(asked([["grpc-timeout", "soon"]]), PEER).badTimeout).toBe(true);
});

test("A head is read once.", () => {
  const request = asked([]);
  expect(requestHead(request, PEER)).toBe(requestHead(request, PEER));
  const other = asked([]);
  other.memo = { owner: "somebody else", value: 1 };
  expect(requestHead(other, PEER).call.path).toBe("demo.Greeter/hello");
});
