import { expect, test } from "vitest";
import { KnownAnswers } from "./known-answers.js";

const lines = (text: string): Uint8Array => Buffer.from(text);

test("A head is one of gRPC, and the same for the same object.", () => {
  const known = new KnownAnswers();
  const head = {
    status: 200,
    fields: [
      ["x-a", "1"],
      ["content-type", "application/grpc-web-text+proto"],
      ["grpc-encoding", "gzip"],
    ],
  } as const;
  const read = known.head(head);
  expect(read).toMatchObject({ body: "text", encoding: "gzip", grpc: { status: 200 } });
  expect(read.grpc.fields).toEqual([
    ["content-type", "application/grpc+proto"],
    ["x-a", "1"],
    ["grpc-encoding", "gzip"],
  ]);
  expect(known.head(head)).toBe(read);
  const page = { status: 502, fields: [["content-type", "text/html"]] } as const;
  expect(known.head(page)).toEqual({ grpc: page, body: "foreign", encoding: undefined });
  expect(known.head(head)).toEqual(read);
});

test("Trailers are those that came, however often, and whatever came before.", () => {
  const known = new KnownAnswers();
  for (const text of ["", "a: 1\r\n", "a: 1\r\n", "a: 2\r\n", "a\r\n", "a\r\n", "", "a: 1\r\n"]) {
    const [, value] = /^a: (\d)/u.exec(text) ?? [];
    const expected = text === "" ? [] : value === undefined ? undefined : [["a", value]];
    expect(known.trailers(lines(text))).toEqual(expected);
  }
});
