import { create, fromBinary, toBinary, type DescMessage } from "@bufbuild/protobuf";
import { echoProto } from "../callwire/echo-proto.js";
import { peerPackage } from "./peer-package.js";

type Callback = (error: unknown, value?: unknown) => void;

/** As much of grpc-js as is used here. */
export interface GrpcJs {
  readonly Server: new () => {
    addService(service: object, methods: object): void;
    bindAsync(address: string, credentials: unknown, bound: (error: unknown, port: number) => void): void;
  };
  readonly Client: new (
    address: string,
    credentials: unknown,
  ) => {
    makeUnaryRequest(...args: readonly [string, unknown, unknown, unknown, Callback]): void;
  };
  readonly ServerCredentials: { createInsecure(): unknown };
  readonly credentials: { createInsecure(): unknown };
}

/** grpc-js, and the echo with the same protobuf library as ours. */
export function grpcJs(): { grpc: GrpcJs; method: EchoMethod; make: (text: string) => unknown } {
  const text: DescMessage | undefined = echoProto().methods[0]?.input;
  if (text === undefined) throw new Error("The descriptor lacks its method.");
  const write = (message: unknown): Buffer => Buffer.from(toBinary(text, message as never)); // a message of that type
  const read = (bytes: Uint8Array): unknown => fromBinary(text, bytes);
  return {
    grpc: peerPackage("@grpc/grpc-js") as GrpcJs,
    make: (value) => create(text, { text: value }),
    method: {
      path: "/bench.Echo/Echo",
      requestStream: false,
      responseStream: false,
      requestSerialize: write,
      requestDeserialize: read,
      responseSerialize: write,
      responseDeserialize: read,
    },
  };
}

/** A method as grpc-js wants it described. */
export interface EchoMethod {
  readonly path: string;
  readonly requestStream: boolean;
  readonly responseStream: boolean;
  readonly requestSerialize: (message: unknown) => Buffer;
  readonly requestDeserialize: (bytes: Uint8Array) => unknown;
  readonly responseSerialize: (message: unknown) => Buffer;
  readonly responseDeserialize: (bytes: Uint8Array) => unknown;
}
