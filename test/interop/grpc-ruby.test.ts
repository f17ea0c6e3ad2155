import { describe, expect, test } from "vitest";
import { foreign } from "./foreign.js";
import { pathOf, run, start } from "./program.js";
import { TESTING_CASES, testingPeer } from "./testing-cases.js";
import { testingAddress } from "./testing-server.js";

/** Cases of the official client. Those that are left out need accounts of Google's. */
const CASES = [
  "empty_unary",
  "large_unary",
  "client_streaming",
  "server_streaming",
  "ping_pong",
  "empty_stream",
  "timeout_on_sleeping_server",
  "cancel_after_begin",
  "cancel_after_first_response",
  "status_code_and_message",
  "custom_metadata",
  "unimplemented_method",
  "unimplemented_service",
];

describe("The official client of Ruby, on gRPC's C core,", () => {
  test("gets all its cases right.", async () => {
    const [, port = ""] = (await testingAddress()).split(":");
    const client = pathOf("test/interop/programs/ruby-grpc-client.rb");
    const printed = await run(foreign("ruby"), [client, port, "plain", ...CASES]);
    expect(printed.split("\n").filter((line) => line.startsWith("ok "))).toEqual(CASES.map((name) => `ok ${name}`));
  });
});

describe("The official server of Ruby, on gRPC's C core,", () => {
  test.each(Object.entries(TESTING_CASES))("answers %s.", async (_name, check) => {
    const { first } = await start(foreign("ruby"), [pathOf("test/interop/programs/ruby-grpc-server.rb"), "plain"]);
    await check(testingPeer(`grpc://${first.replace("port ", "127.0.0.1:")}`));
  });
});
