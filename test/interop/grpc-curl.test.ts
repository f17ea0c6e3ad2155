import { describe, expect, test } from "vitest";
import { foreign } from "./foreign.js";
import { pathOf, run } from "./program.js";
import { testingAddress } from "./testing-server.js";
import { testingSet } from "./testing-set.js";

/** What is called with which messages, and what has to be printed. */
interface Row {
  readonly method: string;
  readonly said: string;
  readonly printed: readonly unknown[];
}

const ANSWERS: readonly Row[] = [
  { method: "EmptyCall", said: "{}", printed: [{}] },
  { method: "UnaryCall", said: '{"responseSize":3}', printed: [{ payload: { body: "AAAA" } }] },
  {
    method: "StreamingOutputCall",
    said: '{"responseParameters":[{"size":1},{"size":2}]}',
    printed: [{ payload: { body: "AA==" } }, { payload: { body: "AAA=" } }],
  },
  {
    method: "StreamingInputCall",
    said: '{"payload":{"body":"AAAA"}} {"payload":{"body":"AAAA"}}',
    printed: [{ aggregatedPayloadSize: 6 }],
  },
  {
    method: "FullDuplexCall",
    said: '{"responseParameters":[{"size":1}]} {"responseParameters":[{"size":2}]}',
    printed: [{ payload: { body: "AA==" } }, { payload: { body: "AAA=" } }],
  },
];

/** Calls that fail, with the number of gRPC's code and what has to be said. */
const ERRORS = [
  ["UnaryCall", '{"responseStatus":{"code":5,"message":"No such ü."}}', 5, "No such ü."],
  ["FullDuplexCall", '{"responseStatus":{"code":10,"message":"Enough."}}', 10, "Enough."],
  ["UnaryCall", `{"payload":{"body":"${"A".repeat(6_000_000)}"}}`, 8, "4194304"],
] as const;

const ECHO = ["-H", "x-grpc-test-echo-initial: this", "-H", "x-grpc-test-echo-trailing-bin: q6ur"];

describe.each(["grpc", "grpcweb", "connect"])("buf curl by %s", (protocol) => {
  test.each(ANSWERS)("has $method answered.", async ({ method, said, printed }) => {
    expect(messagesOf(await buf(method, said, { flags: ["--protocol", protocol] }))).toEqual(printed);
  });

  // Its exit code is gRPC's code, shifted (https://buf.build/docs/reference/cli/buf/curl).
  test.each(ERRORS)("calls %s and hears how it failed.", async (method, said, code, message) => {
    expect(await buf(method, said, { flags: ["--protocol", protocol], exits: code * 8 })).toContain(message);
  });
});

describe("grpcurl", () => {
  test.each(ANSWERS)("has $method answered.", async ({ method, said, printed }) => {
    expect(messagesOf(await grpcurl(method, said))).toEqual(printed);
  });

  // Its exit code is gRPC's code, above 64 (grpcurl's -help).
  test.each(ERRORS)("calls %s and hears how it failed.", async (method, said, code, message) => {
    expect(await grpcurl(method, said, { exits: 64 + code })).toContain(message);
  });

  test("sends metadata, and shows those of the answer's head and end.", async () => {
    const printed = await grpcurl("UnaryCall", "{}", { flags: ["-v", ...ECHO] });
    expect(printed).toMatch(/headers received:\n(?:.*\n)*?x-grpc-test-echo-initial: this\n/u);
    expect(printed).toMatch(/trailers received:\n(?:.*\n)*?x-grpc-test-echo-trailing-bin: q6ur\n/u);
  });

  test("gives up after -max-time.", async () => {
    const said = '{"responseParameters":[{"size":1},{"size":2,"intervalUs":60000000}]}';
    const complaint = await grpcurl("StreamingOutputCall", said, { flags: ["-max-time", "0.1"], exits: 64 + 4 });
    expect(complaint).toContain("DeadlineExceeded");
  });
});

/** What one of the two programs is told beside the call, and the number that it has to exit with. */
interface How {
  readonly flags?: readonly string[];
  readonly exits?: number;
}

async function buf(method: string, said: string, { flags = [], exits = 0 }: How = {}): Promise<string> {
  const url = `http://${await testingAddress()}/grpc.testing.TestService/${method}`;
  const args = ["--schema", testingSet(), "--http2-prior-knowledge", ...flags, "-d", "@-", url];
  return run(foreign("buf"), ["curl", ...args], { exits, said });
}

async function grpcurl(method: string, said: string, { flags = [], exits = 0 }: How = {}): Promise<string> {
  const proto = ["-plaintext", "-import-path", pathOf("test/interop"), "-proto", "testing.proto"];
  const args = [...proto, ...flags, "-d", "@", await testingAddress(), `grpc.testing.TestService/${method}`];
  return run(foreign("grpcurl"), args, { exits, said });
}

/** The JSON texts that were printed one after the other, each of which ends at a brace in the first column. */
function messagesOf(printed: string): readonly unknown[] {
  return [...printed.matchAll(/^\{\}$|^\{\n[^]*?^\}$/gmu)].map(([text]): unknown => JSON.parse(text));
}
