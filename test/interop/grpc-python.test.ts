import { describe, expect, test } from "vitest";
import { foreign } from "./foreign.js";
import { pathOf, run, start } from "./program.js";
import { compressing } from "./testing-cases.js";
import { testingAddress } from "./testing-server.js";
import { testingSet } from "./testing-set.js";
import { testServer } from "./testing-tests.js";

const CLIENT = pathOf("test/interop/programs/grpc_testing_client.py");
const SERVER = pathOf("test/interop/programs/grpc_testing_server.py");

/** What grpcio calls the codings. */
const CODINGS = { identity: "NoCompression", deflate: "Deflate", gzip: "Gzip" };

describe("Python's grpcio", () => {
  test.each(Object.entries(CODINGS))("gets all its cases right, both ways in %s.", async (coding, named) => {
    const address = await testingAddress(compressing(coding));
    const printed = await run(foreign("python"), [CLIENT, address, testingSet(), named]);
    expect(printed.split("\n").filter((line) => line.startsWith("ok "))).toHaveLength(22);
  });
});

describe.each(Object.entries(CODINGS))("A server of Python's grpcio, both ways in %s", (coding, named) => {
  testServer(async (ending) => {
    const { first } = await start(foreign("python"), [SERVER, testingSet(ending), named], { ending });
    return first.replace("port ", "grpc://127.0.0.1:");
  }, compressing(coding));
});
