import { type Implementation, serve, type ServeOptions, type Server } from "callwire";
import { type Client, connect } from "callwire/client";
import { onTestFinished } from "vitest";
import { echoService } from "../../examples/quickstart/echo.js";
import { Health, type HealthCheckResponse_ServingStatus } from "../../src/services/gen/grpc/health/v1/health_pb.js";

/** A server with a protobuf service, at work until the running test ends. */
export async function served(
  options: ServeOptions = {},
  services: readonly Implementation[] = [echoService],
): Promise<{ readonly server: Server; readonly url: string }> {
  const server = await serve(services, { ...options, listen: ["tcp://127.0.0.1:0"], log: () => {} });
  onTestFinished(() => server.stop({ graceMs: 0 }));
  return { server, url: (server.addresses[0] ?? "").replace("tcp:", "grpc:") };
}

/** A client of a server's health service, until the running test ends. */
export function healthAt(url: string): Client<typeof Health> {
  const client = connect(Health, url);
  onTestFinished(() => client[Symbol.asyncDispose]());
  return client;
}

/** Begins to watch a service; what is returned gives the next status that is told. */
export function watching(
  client: Client<typeof Health>,
  service: string,
): () => Promise<HealthCheckResponse_ServingStatus | undefined> {
  const answers = client.watch({ service })[Symbol.asyncIterator]();
  return async () => (await answers.next()).value?.status;
}
