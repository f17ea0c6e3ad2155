import { describe, expect, test } from "vitest";
import { pathOf, start } from "./program.js";
import { programChecks } from "./served.js";
import { compressing } from "./testing-cases.js";
import { testingAddress } from "./testing-server.js";
import { testServer } from "./testing-tests.js";

const SERVER = pathOf("test/interop/programs/grpc-js-testing-server.cjs");

describe("The interop cases, called by @grpc/grpc-js", () => {
  test.each(["identity", "deflate", "gzip"])("are all got right, both ways in %s.", async (coding) => {
    const address = await testingAddress(compressing(coding));
    expect(await programChecks("grpc-js-testing-client.cjs", address, coding)).toBe(17);
  });
});

describe.each(["identity", "gzip"])("A TestService of @grpc/grpc-js, both ways in %s", (coding) => {
  testServer(async (ending) => {
    const { first } = await start(process.execPath, [SERVER, coding], { ending });
    return first.replace("port ", "grpc://127.0.0.1:");
  }, compressing(coding));
});
