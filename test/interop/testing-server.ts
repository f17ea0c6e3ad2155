import { serve, type ServeOptions } from "callwire";
import { onTestFinished } from "vitest";
import { type Witness, witnessed } from "./compression-witness.js";
import { testingService } from "./testing-service.js";

/** Serves TestService on every wire, over TLS where `tls` says how, until the running test ends; resolves with `HOST:PORT`. */
export async function testingAddress(options: ServeOptions = {}): Promise<string> {
  return serving(testingService(), options);
}

/** The same, for callers who want their server to know whether their messages came compressed. */
export async function watchingAddress(options: ServeOptions = {}): Promise<string> {
  let witness: Witness | undefined;
  const service = testingService(({ peer }) => witness?.came.get(peer.address));
  const [, port] = (await serving(service, options)).split(":");
  witness = await witnessed(Number(port));
  return witness.address;
}

async function serving(service: ReturnType<typeof testingService>, options: ServeOptions): Promise<string> {
  const listen = options.tls === undefined ? "tcp://127.0.0.1:0" : "tls://127.0.0.1:0";
  const server = await serve([service], { listen: [listen], log: () => {}, ...options });
  onTestFinished(() => server.stop({ graceMs: 0 }));
  return (server.addresses[0] ?? "").slice("tcp://".length);
}
