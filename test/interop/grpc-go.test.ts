import { describe, expect, onTestFinished, test } from "vitest";
import { foreign } from "./foreign.js";
import { run, start } from "./program.js";
import { testingPeer } from "./testing-cases.js";
import { testingAddress } from "./testing-server.js";
import { testServer } from "./testing-tests.js";
import { calling, goFlags, serving } from "./testing-tls.js";

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

describe.each(["plain", "tls"])("The interop client of grpc-go, %s,", (carrier) => {
  test.each(CASES)("gets %s right.", async (name) => {
    const address = await testingAddress(serving(carrier));
    const [host = "", port = ""] = address.split(":");
    const args = ["--server_host", host, "--server_port", port, "--test_case", name, ...goFlags(carrier, "client")];
    expect(await run(foreign("goClient"), args)).toBe("");
  });
});

describe.each(["plain", "tls"])("The interop server of grpc-go, %s,", (carrier) => {
  testServer((ending) => goServer(carrier, ending), calling(carrier).options);
});

describe("The interop server of grpc-go", () => {
  test("is heard when it says that it reads no gzip.", async () => {
    const { testing } = testingPeer(await goServer("plain", onTestFinished), { sendCompression: "gzip" });
    const error: unknown = await testing.unaryCall({ payload: { body: new Uint8Array(5000) } }).catch((why) => why);
    expect(error).toMatchObject({ code: "unimplemented" });
  });
});

/** Starts grpc-go's server; resolves with our URL of it. */
async function goServer(carrier: string, ending: (end: () => void) => void): Promise<string> {
  const { first } = await start(foreign("goServer"), ["--port", "0", ...goFlags(carrier, "server")], {
    env: { GRPC_GO_LOG_SEVERITY_LEVEL: "info" },
    ready: /listening on .*:\d+$/u,
    ending,
  });
  return first.replace(/^.*:/u, `${calling(carrier).scheme}://127.0.0.1:`);
}
