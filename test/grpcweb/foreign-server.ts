import { type Client, connect, type ConnectOptions } from "callwire/client";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import { EchoService } from "../../examples/quickstart/gen/echo_pb.js";

/** Answers one request; called when its head has come. */
export type Answering = (answer: ServerResponse, request: IncomingMessage) => void;

/** A client of ours to a server of node:http that answers as told, both until the running test ends. */
export async function clientOf(
  answering: Answering,
  options: ConnectOptions = {},
): Promise<Client<typeof EchoService>> {
  const server = createServer((request, answer) => answering(answer, request));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo; // it listens on a port
  const client = connect(EchoService, `grpcweb://127.0.0.1:${port}`, options);
  onTestFinished(() => client[Symbol.asyncDispose]());
  return client;
}
