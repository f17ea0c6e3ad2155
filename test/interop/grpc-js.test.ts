import { describe, expect, test } from "vitest";
import { programChecks, programServing } from "./served.js";
import { TESTING_CASES, testingPeer } from "./testing-cases.js";
import { testingAddress } from "./testing-server.js";

describe("The interop cases, called by @grpc/grpc-js", () => {
  test.each(["identity", "deflate", "gzip"])("with requests in %s, are all got right.", async (coding) => {
    expect(await programChecks("grpc-js-testing-client.cjs", await testingAddress(), coding)).toBe(17);
  });
});

describe.each(["identity", "gzip"])("A TestService of @grpc/grpc-js that answers in %s", (coding) => {
  test.each(Object.entries(TESTING_CASES))("answers %s.", async (_name, check) => {
    await check(testingPeer(`grpc://${await programServing("grpc-js-testing-server.cjs", coding)}`));
  });
});
