import { describe, expect, onTestFinished, test } from "vitest";
import { foreign } from "./foreign.js";
import { run, start } from "./program.js";
import { testingPeer } from "./testing-cases.js";
import { testingAddress } from "./testing-server.js";
import { testServer } from "./testing-tests.js";

/** Cases of grpc-go's client. Those that are left out need accounts of Google's, or Google's reports of load. */
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
  "special_status_message",
  "custom_metadata",
  "unimplemented_method",
  "unimplemented_service",
  "pick_first_unary",
  "rpc_soak",
  "channel_soak",
];

describe("The interop client of grpc-go", () => {
  test.each(CASES)("gets %s right.", async (name) => {
    const [host = "", port = ""] = (await testingAddress()).split(":");
    const args = ["--server_host", host, "--server_port", port, "--test_case", name];
    expect(await run(foreign("goClient"), args)).toBe("");
  });
});

describe("The interop server of grpc-go", () => {
  testServer(goServer);

  test("is heard when it says that it reads no gzip.", async () => {
    const { testing } = testingPeer(`grpc://${await goServer(onTestFinished)}`, { sendCompression: "gzip" });
    const error: unknown = await testing.unaryCall({ payload: { body: new Uint8Array(5000) } }).catch((why) => why);
    expect(error).toMatchObject({ code: "unimplemented" });
  });
});

/** Starts grpc-go's server; resolves with its `HOST:PORT`. */
async function goServer(ending: (end: () => void) => void): Promise<string> {
  const { first } = await start(foreign("goServer"), ["--port", "0"], {
    env: { GRPC_GO_LOG_SEVERITY_LEVEL: "info" },
    ready: /listening on .*:\d+$/u,
    ending,
  });
  return first.replace(/^.*:/u, "127.0.0.1:");
}
