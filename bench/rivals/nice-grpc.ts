import { type GrpcMethod, grpcMethods } from "./grpc-methods.js";
import { peerPackage } from "./peer-package.js";

/** As much of nice-grpc as is used here. */
interface NiceGrpc {
  readonly createServer: () => {
    add(service: object, methods: object): void;
    listen(address: string): Promise<number>;
  };
  readonly createChannel: (address: string) => unknown;
  readonly createClient: (service: object, channel: unknown) => { echo(message: unknown): Promise<unknown> };
}

/** nice-grpc, and the echo as it wants it described. */
export function niceGrpc(): NiceGrpc & { readonly service: { readonly echo: GrpcMethod } } {
  const nice = peerPackage("nice-grpc") as NiceGrpc; // as much of it as is used here
  return { ...nice, service: { echo: grpcMethods().Echo } };
}
