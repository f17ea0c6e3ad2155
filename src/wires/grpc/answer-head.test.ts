import { expect, test } from "vitest";
import type { MessageCoding } from "../wire.js";
import { answerHead } from "./answer-head.js";

const GZIP: MessageCoding = { encode: (bytes) => bytes, decode: (bytes) => bytes };
const CODINGS = { gzip: GZIP };

test.each([
  "application/grpc",
  "application/grpc+proto",
  "application/grpc;charset=utf-8",
  "Application/gRPC+json ; a=b",
])("An answer of %s is gRPC.", (type) => {
  expect(answerHead({ status: 200, fields: [["content-type", type]] }, CODINGS).problem).toBeUndefined();
});

test.each(["application/grpc-web", "application/grpcx", "text/html", ""])("An answer of %j is none.", (type) => {
  const head = answerHead({ status: 200, fields: type === "" ? [] : [["content-type", type]] }, CODINGS);
  expect(head.problem).toMatchObject({ code: "unknown" });
});

test("A head says the coding, the metadata, and whether the call has ended.", () => {
  const fields = [
    ["content-type", "application/grpc"],
    ["grpc-encoding", "gzip"],
    ["x-head", "1"],
  ] as const;
  expect(answerHead({ status: 200, fields }, CODINGS)).toMatchObject({
    coding: GZIP,
    metadata: [["x-head", "1"]],
    isEnd: false,
  });
  expect(answerHead({ status: 200, fields: [...fields, ["grpc-status", "5"]] }, CODINGS).isEnd).toBe(true);
  const foreign = [["grpc-encoding", "toString"]] as const;
  expect(answerHead({ status: 200, fields: foreign }, CODINGS).coding).toBeUndefined();
});

test("A head is read once for the same codings.", () => {
  const answer = { status: 200, fields: [["content-type", "application/grpc"]] as const };
  const head = answerHead(answer, CODINGS);
  expect(answerHead(answer, CODINGS)).toBe(head);
  expect(answerHead(answer, {})).not.toBe(head);
});
