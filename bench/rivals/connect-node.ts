import type { DescService } from "@bufbuild/protobuf";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Http2ServerRequest, Http2ServerResponse } from "node:http2";
import { echoProto } from "../callwire/echo-proto.js";
import type { OpenClient } from "../peer.js";
import { peerPackage } from "./peer-package.js";

/** What a transport of connect-node is told. */
interface TransportOptions {
  readonly baseUrl: string;
  readonly httpVersion?: "1.1" | "2";
  readonly useBinaryFormat?: boolean;
}

/** As much of connect and connect-node as is used here. */
interface ConnectNode {
  readonly connectNodeAdapter: (options: {
    readonly routes: (router: { service(service: DescService, methods: object): void }) => void;
  }) => ((request: IncomingMessage, response: ServerResponse) => void) &
    ((request: Http2ServerRequest, response: Http2ServerResponse) => void);
  readonly createGrpcTransport: (options: TransportOptions) => unknown;
  readonly createConnectTransport: (options: TransportOptions) => unknown;
}

/** A client of the echo; the descriptor has no types. */
type CreateClient = (
  service: DescService,
  transport: unknown,
) => { echo(message: { text: string }): Promise<{ text: string }> };

/** The echo, as node's servers want it: gRPC, gRPC-Web and Connect at once. */
export function connectNodeHandler(): ReturnType<ConnectNode["connectNodeAdapter"]> {
  return connectNode().connectNodeAdapter({
    routes: (router) => router.service(echoProto(), { echo: (message: unknown) => message }),
  });
}

/** Clients that speak gRPC where they are told nothing of HTTP, and Connect else. */
export function connectNodeClient(options: Omit<TransportOptions, "baseUrl"> = {}): OpenClient {
  return async (address) => {
    const { createGrpcTransport, createConnectTransport } = connectNode();
    const make = options.httpVersion === undefined ? createGrpcTransport : createConnectTransport;
    const { createClient } = peerPackage("@connectrpc/connect") as { createClient: CreateClient }; // as much as is used
    const client = createClient(echoProto(), make({ ...options, baseUrl: address.replace(/^tcp:/u, "http:") }));
    return { echo: async (text) => (await client.echo({ text })).text };
  };
}

function connectNode(): ConnectNode {
  return peerPackage("@connectrpc/connect-node") as ConnectNode; // as much of it as is used here
}
