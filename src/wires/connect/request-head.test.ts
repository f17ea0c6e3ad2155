import { describe, expect, test } from "vitest";
import type { HttpRequest } from "../http.js";
import type { MessageCoding } from "../wire.js";
import { type HeadRules, requestHead } from "./request-head.js";

const SAME: MessageCoding = { encode: (bytes) => bytes, decode: (bytes) => bytes };
const SQUEEZED = { name: "gzip", coding: SAME, minBytes: 0 };
const RULES: HeadRules = { peer: { address: "memory://" }, codings: { gzip: SAME, br: SAME }, compression: undefined };

function posted(fields: HttpRequest["fields"], path = "/a.B/c"): HttpRequest {
  return { method: "POST", path, query: "", fields, memo: undefined };
}

function got(query: string, fields: HttpRequest["fields"] = []): HttpRequest {
  return { method: "GET", path: "/a.B/c", query, fields, memo: undefined };
}

describe("The head of a POST", () => {
  test("says the method, the codec, the time and the metadata.", () => {
    const head = requestHead(
      posted([
        ["content-type", "application/proto"],
        ["connect-timeout-ms", "500"],
        ["x-a", "1"],
        ["connect-protocol-version", "1"],
      ]),
      RULES,
    );
    expect(head).toMatchObject({ form: "unary", refusal: undefined, coding: undefined, message: undefined });
    expect(head.call).toMatchObject({
      path: "a.B/c",
      codec: "proto",
      timeoutMs: 500,
      form: "unary",
      fields: [["x-a", "1"]],
    });
    expect(head.answer).toEqual({ status: 200, fields: [["content-type", "application/proto"]] });
  });

  test("is read once.", () => {
    const request = posted([["content-type", "application/json"]]);
    expect(requestHead(request, RULES)).toBe(requestHead(request, RULES));
  });

  test("of a stream has its own fields for codings, and says the answer's.", () => {
    const fields = [
      ["content-type", "application/connect+json"],
      ["content-encoding", "snappy"],
      ["connect-content-encoding", "gzip"],
    ] as const;
    const head = requestHead(posted(fields), { ...RULES, compression: SQUEEZED });
    expect(head).toMatchObject({ form: "stream", coding: SAME, compression: SQUEEZED, refusal: undefined });
    expect(head.answer.fields).toEqual([
      ["content-type", "application/connect+json"],
      ["connect-content-encoding", "gzip"],
    ]);
  });

  test.each([
    ["gzip, br", true],
    ["br", false],
    [undefined, false],
  ])("Who reads %j gets gzip: %j.", (accepts, packed) => {
    const fields = accepts === undefined ? [] : [["accept-encoding", accepts] as const];
    const head = requestHead(posted([["content-type", "application/json"], ...fields]), {
      ...RULES,
      compression: SQUEEZED,
    });
    expect(head.compression !== undefined).toBe(packed);
  });

  test.each([
    ["connect-protocol-version", "2", "invalid_argument"],
    ["connect-timeout-ms", "soon", "invalid_argument"],
    ["connect-timeout-ms", "12345678901", "invalid_argument"],
    ["content-encoding", "snappy", "unimplemented"],
    ["content-encoding", "constructor", "unimplemented"],
  ])("with %s: %s is refused as %s.", (name, value, code) => {
    const head = requestHead(
      posted([
        ["content-type", "application/json"],
        [name, value],
      ]),
      RULES,
    );
    expect(head.refusal?.status.code).toBe(code);
  });

  test("that is refused for its coding says which there are.", () => {
    const head = requestHead(
      posted([
        ["content-type", "application/json"],
        ["content-encoding", "x"],
      ]),
      RULES,
    );
    expect(head.refusal?.fields).toEqual([["accept-encoding", "gzip, br"]]);
    expect(head.refusal?.status.message).toContain("gzip, br");
  });
});

describe("The head of a GET", () => {
  test("has the message, and may have no side effects.", () => {
    const head = requestHead(got("connect=v1&encoding=json&message=%7B%7D", [["connect-timeout-ms", "7"]]), RULES);
    expect(head.call).toMatchObject({ safe: true, form: "unary", codec: "json", timeoutMs: 7 });
    expect(new TextDecoder().decode(head.message)).toBe("{}");
    expect(head.refusal).toBeUndefined();
  });

  test("says that its answer depends on what the caller reads, where it does.", () => {
    const request = got("encoding=json&message=x", [["accept-encoding", "gzip"]]);
    expect(requestHead(request, { ...RULES, compression: SQUEEZED }).answer.fields).toContainEqual([
      "vary",
      "accept-encoding",
    ]);
  });

  test.each([
    ["", "unimplemented", 405],
    ["a=b", "unimplemented", 405],
    ["connect=v2&encoding=json&message=x", "invalid_argument", undefined],
    ["connect=v1&message=x", "invalid_argument", undefined],
    ["connect=v1&encoding=json", "invalid_argument", undefined],
    ["encoding=json&message=!&base64=1", "invalid_argument", undefined],
    ["encoding=json&message=x&compression=x", "unimplemented", undefined],
    ["encoding=xml&message=x", "unimplemented", 415],
  ])("with %j is refused as %s.", (query, code, http) => {
    const { refusal } = requestHead(got(query), RULES);
    expect([refusal?.status.code, refusal?.http]).toEqual([code, http]);
  });
});
