import { describe, expect, test } from "vitest";
import { foreign } from "./foreign.js";
import { pathOf, run, start } from "./program.js";
import { compressing } from "./testing-cases.js";
import { testingAddress, watchingAddress } from "./testing-server.js";
import { testServer } from "./testing-tests.js";
import { calling, serving } from "./testing-tls.js";

const CLIENT = pathOf("test/interop/programs/ruby-grpc-client.rb");
const SERVER = pathOf("test/interop/programs/ruby-grpc-server.rb");

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

const COMPRESSED = ["client_compressed_unary", "client_compressed_streaming"];

/** How answers, and what is said, are compressed and carried. */
const WAYS = [
  ["identity", "plain"],
  ["gzip", "plain"],
  ["identity", "tls"],
] as const;

describe("The official client of Ruby, on gRPC's C core,", () => {
  test.each(WAYS)("gets all its cases right where answers come in %s, %s.", async (coding, carrier) => {
    const address = await testingAddress({ ...compressing(coding), ...serving(carrier) });
    expect(await casesOf(address, carrier, CASES)).toEqual(CASES);
  });

  test("gets those of compression right.", async () => {
    expect(await casesOf(await watchingAddress(), "plain", COMPRESSED)).toEqual(COMPRESSED);
  });
});

describe.each(WAYS)("The official server of Ruby, on gRPC's C core, called in %s, %s,", (coding, carrier) => {
  const { scheme, options } = calling(carrier);
  testServer(
    async (ending) => {
      const { first } = await start(foreign("ruby"), [SERVER, carrier], { ending });
      return first.replace("port ", `${scheme}://127.0.0.1:`);
    },
    { ...compressing(coding), ...options },
  );
});

/** Runs cases against a server, and gives back those that were got right. */
async function casesOf(address: string, carrier: string, cases: readonly string[]): Promise<readonly string[]> {
  const [, port = ""] = address.split(":");
  const printed = await run(foreign("ruby"), [CLIENT, port, carrier, ...cases]);
  return [...printed.matchAll(/^ok (?<name>.*)$/gmu)].map(({ groups }) => groups?.["name"] ?? "");
}
