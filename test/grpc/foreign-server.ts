import { type Client, connect, RpcError, type ConnectOptions } from "callwire/client";
import { createServer, type IncomingHttpHeaders, type ServerHttp2Stream } from "node:http2";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import { EchoService } from "../../examples/quickstart/gen/echo_pb.js";

/** Answers one request; called when its head has come. */
export type Answering = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void;

/** A client of ours to a server of node:http2 that answers as told, both until the running test ends. */
export async function clientOf(
  answering: Answering,
  options: ConnectOptions = {},
): Promise<Client<typeof EchoService>> {
  const server = createServer();
  server.on("session", (session) => {
    session.on("error", () => {});
    onTestFinished(() => session.destroy());
  });
  server.on("stream", (stream, headers) => {
    stream.on("error", () => {});
    answering(stream, headers);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo; // it listens on a port
  const client = connect(EchoService, `grpc://127.0.0.1:${port}`, options);
  onTestFinished(() => client[Symbol.asyncDispose]());
  return client;
}

/** What a call fails with. */
export async function errorOf(answer: Promise<unknown>): Promise<RpcError> {
  const error: unknown = await answer.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof RpcError) return error;
  throw new Error("The call was expected to end with an RpcError.", { cause: error });
}
