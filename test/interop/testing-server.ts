import { serve } from "callwire";
import { onTestFinished } from "vitest";
import { testingService } from "./testing-service.js";

/** Serves TestService on every wire, until the running test ends; resolves with `HOST:PORT`. */
export async function testingAddress(): Promise<string> {
  const server = await serve([testingService], { listen: ["tcp://127.0.0.1:0"], log: () => {} });
  onTestFinished(() => server.stop({ graceMs: 0 }));
  return (server.addresses[0] ?? "").slice("tcp://".length);
}
