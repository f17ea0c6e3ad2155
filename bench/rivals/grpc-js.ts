import type { GrpcMethod } from "./grpc-methods.js";
import { peerPackage } from "./peer-package.js";

type Answer = (error: unknown, value?: unknown) => void;
type Write = GrpcMethod["requestSerialize"];
type Read = GrpcMethod["requestDeserialize"];

/** A call of which messages are read, one after the other, or listened to. */
export interface GrpcJsReadable extends AsyncIterable<unknown> {
  readonly request: unknown;
  on(event: "data", heard: (message: unknown) => void): this;
  on(event: "end", heard: () => void): this;
  on(event: "error", heard: (error: unknown) => void): this;
}

/** A call into which messages are written; false: wait for "drain". */
export interface GrpcJsWritable {
  readonly request: unknown;
  write(message: unknown): boolean;
  end(): void;
  once(event: "drain", heard: () => void): this;
}

/** A client of grpc-js. */
export interface GrpcJsClient {
  makeUnaryRequest(path: string, write: Write, read: Read, ...rest: readonly [unknown, Answer]): void;
  makeServerStreamRequest(path: string, write: Write, read: Read, ...rest: readonly [unknown]): GrpcJsReadable;
  makeClientStreamRequest(path: string, write: Write, read: Read, ...rest: readonly [Answer]): GrpcJsWritable;
}

/** As much of grpc-js as is used here. */
export interface GrpcJs {
  readonly Server: new (options: object) => {
    addService(service: object, methods: object): void;
    bindAsync(address: string, credentials: unknown, bound: (error: Error | null, port: number) => void): void;
  };
  readonly Client: new (address: string, credentials: unknown, options: object) => GrpcJsClient;
  readonly ServerCredentials: { createInsecure(): unknown };
  readonly credentials: { createInsecure(): unknown };
}

/** Loads grpc-js. */
export function grpcJs(): GrpcJs {
  return peerPackage("@grpc/grpc-js") as GrpcJs; // as much of it as is used here
}

/** A client with one connection. */
export function grpcJsClient(address: string, options: object = {}): GrpcJsClient {
  const { Client, credentials } = grpcJs();
  return new Client(address.replace("tcp://", ""), credentials.createInsecure(), options);
}

/** Serves methods, on a free port where none is given; gives back its address. */
export function grpcJsServer(
  service: object,
  methods: object,
  { port = 0, ...options }: { port?: number | undefined; [option: string]: unknown } = {},
): Promise<string> {
  const { Server, ServerCredentials } = grpcJs();
  const server = new Server(options);
  server.addService(service, methods);
  return new Promise((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error, bound) => {
      if (error === null) resolve(`tcp://127.0.0.1:${bound}`);
      else reject(error);
    });
  });
}
