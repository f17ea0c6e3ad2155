import { describe, expect, test } from "vitest";
import { foreign } from "./foreign.js";
import { pathOf, run, start } from "./program.js";
import { TESTING_CASES, testingPeer } from "./testing-cases.js";
import { testingAddress } from "./testing-server.js";
import { testingSet } from "./testing-set.js";

const CLIENT = pathOf("test/interop/programs/grpc_testing_client.py");
const SERVER = pathOf("test/interop/programs/grpc_testing_server.py");

describe("Python's grpcio", () => {
  test.each(["NoCompression", "Deflate", "Gzip"])("gets all its cases right with requests in %s.", async (coding) => {
    const printed = await run(foreign("python"), [CLIENT, await testingAddress(), testingSet(), coding]);
    expect(printed.split("\n").filter((line) => line.startsWith("ok "))).toHaveLength(22);
  });
});

describe.each(["NoCompression", "Gzip"])("A server of Python's grpcio that answers in %s", (coding) => {
  test.each(Object.entries(TESTING_CASES))("answers %s.", async (_name, check) => {
    const { first } = await start(foreign("python"), [SERVER, testingSet(), coding]);
    await check(testingPeer(`grpc://${first.replace("port ", "127.0.0.1:")}`));
  });
});
