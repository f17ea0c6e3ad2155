import { create, type DescMessage, fromBinary, toBinary } from "@bufbuild/protobuf";
import { echoProto } from "../callwire/echo-proto.js";

const METHODS = [...echoProto("Echo").methods, ...echoProto("Streams").methods];

/** A method as grpc-js and nice-grpc want it described. */
export interface GrpcMethod {
  readonly path: string;
  readonly requestStream: boolean;
  readonly responseStream: boolean;
  readonly requestSerialize: (message: unknown) => Buffer;
  readonly requestDeserialize: (bytes: Uint8Array) => unknown;
  readonly responseSerialize: (message: unknown) => Buffer;
  readonly responseDeserialize: (bytes: Uint8Array) => unknown;
  readonly options: object;
}

/** The methods of both services, by name, with the same protobuf library as ours. */
export interface GrpcMethods {
  readonly Echo: GrpcMethod;
  readonly Repeat: GrpcMethod;
  readonly Last: GrpcMethod;
  readonly Copy: GrpcMethod;
}

/** Describes them. */
export function grpcMethods(): GrpcMethods {
  const all = METHODS.map((method): readonly [string, GrpcMethod] => {
    const described = {
      path: `/${method.parent.typeName}/${method.name}`,
      requestStream: method.methodKind === "client_streaming",
      responseStream: method.methodKind === "server_streaming",
      requestSerialize: writer(method.input),
      requestDeserialize: reader(method.input),
      responseSerialize: writer(method.output),
      responseDeserialize: reader(method.output),
      options: {},
    };
    return [method.name, described];
  });
  return Object.fromEntries(all) as unknown as GrpcMethods; // the descriptor has these methods
}

/** What makes messages that a method takes. */
export function messageMaker(name: keyof GrpcMethods): (value: Readonly<Record<string, unknown>>) => unknown {
  const type = METHODS.find((method) => method.name === name)?.input;
  if (type === undefined) throw new Error(`The descriptor lacks ${name}.`);
  return (value) => create(type, value);
}

function writer(type: DescMessage): (message: unknown) => Buffer {
  return (message) => {
    const bytes = toBinary(type, message as never); // a message of that type
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  };
}

function reader(type: DescMessage): (bytes: Uint8Array) => unknown {
  return (bytes) => fromBinary(type, bytes);
}
