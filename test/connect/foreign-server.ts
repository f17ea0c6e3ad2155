import { type Client, connect, type ConnectOptions } from "callwire/client";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createServer2 } from "node:http2";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import { EchoService } from "../../examples/quickstart/gen/echo_pb.js";
import type { Version } from "./asked.js";

/** Answers one request, whose body has come whole. */
export type Answering = (request: IncomingMessage, response: ServerResponse, body: Buffer) => void;

/** The URL of a server of node's own that answers as told, until the running test ends. */
export async function foreign(version: Version, answering: Answering): Promise<string> {
  const hear = (request: IncomingMessage, response: ServerResponse): void => {
    const parts: Buffer[] = [];
    response.on("error", () => {});
    request.on("error", () => {});
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => answering(request, response, Buffer.concat(parts)));
  };
  // The compatible requests and answers of node:http2 have all that is used here.
  const server = version === "HTTP/2" ? createServer2(hear as never) : createServer(hear);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    if ("closeAllConnections" in server) server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo; // it listens on a port
  return `connect${version === "HTTP/2" ? "+http2" : ""}://127.0.0.1:${port}`;
}

/** A client of ours of echo.v1.EchoService at such a server. */
export async function echoClient(
  version: Version,
  answering: Answering,
  options: ConnectOptions = {},
): Promise<Client<typeof EchoService>> {
  const client = connect(EchoService, await foreign(version, answering), options);
  onTestFinished(() => client[Symbol.asyncDispose]());
  return client;
}
