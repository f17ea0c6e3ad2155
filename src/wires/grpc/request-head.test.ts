import { expect, test } from "vitest";
import type { Fields } from "../../call/fields.js";
import type { HttpRequest } from "../http.js";
import { requestHead } from "./request-head.js";

const PEER = { address: "tcp://127.0.0.1:1" };
const RULES = { peer: PEER, compression: undefined };

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
    RULES,
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
  const head = requestHead(asked([["grpc-encoding", "identity"]]), RULES);
  expect(head).toMatchObject({ encoding: undefined, badTimeout: false });
  expect(head.call).toMatchObject({ codec: "proto", timeoutMs: undefined, fields: [] });
});

test("A timeout that is none is told.", () => {
  expect(requestHead(asked([["grpc-timeout", "soon"]]), RULES).badTimeout).toBe(true);
});

test("A head is read once.", () => {
  const request = asked([]);
  expect(requestHead(request, RULES)).toBe(requestHead(request, RULES));
  const other = asked([]);
  other.memo = { owner: "somebody else", value: 1 };
  expect(requestHead(other, RULES).call.path).toBe("demo.Greeter/hello");
});

test("Answers are compressed where the caller reads what this server writes.", () => {
  const coding = { encode: (bytes: Uint8Array) => bytes, decode: (bytes: Uint8Array) => bytes };
  const rules = { peer: PEER, compression: { name: "gzip", coding, minBytes: 0 } };
  const reads = (list: string): unknown => requestHead(asked([["grpc-accept-encoding", list]]), rules);
  expect(reads("identity, GZIP")).toMatchObject({
    compression: rules.compression,
    answer: { fields: [expect.anything(), ["grpc-encoding", "gzip"]] },
  });
  expect(reads("identity,deflate")).toMatchObject({ compression: undefined, answer: { fields: [expect.anything()] } });
});
