import {
  create,
  createFileRegistry,
  type DescService,
  fromJson,
  type MessageInitShape,
  type MessageShape,
  toJson,
} from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema, FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { CODES, type Code } from "../call/code.js";
import { implement, type Implementation } from "../contract/implement.js";
import {
  file_grpc_reflection_v1_reflection,
  ServerReflection,
  type ServerReflectionRequestSchema,
  type ServerReflectionResponseSchema,
} from "./gen/grpc/reflection/v1/reflection_pb.js";
import { ReflectionIndex } from "./reflection-index.js";

type Request = MessageShape<typeof ServerReflectionRequestSchema>;
type Answer = NonNullable<MessageInitShape<typeof ServerReflectionResponseSchema>["messageResponse"]>;

/**
 * Makes `grpc.reflection.v1.ServerReflection` and the `v1alpha` that came before it, which describe these services and themselves
 * (https://github.com/grpc/grpc/blob/master/doc/server-reflection.md). Nothing is worked out before somebody asks.
 */
export function reflection(services: readonly DescService[]): readonly Implementation[] {
  const own = [ServerReflection, alphaReflection()];
  let index: ReflectionIndex | undefined;
  const methods = {
    async *serverReflectionInfo(requests: AsyncIterable<Request>) {
      index ??= new ReflectionIndex([...services, ...own]);
      const sent = new Set<ReturnType<ReflectionIndex["named"]> & object>();
      for await (const request of requests) {
        // Copied, since the two versions have types of their own.
        const { host, messageRequest } = request;
        yield {
          validHost: host,
          originalRequest: { host, messageRequest },
          messageResponse: answerTo(messageRequest, { index, sent }),
        };
      }
    },
  };
  return own.map((service) => implement(service, methods));
}

/** The service as it was called before it was version 1: the same in all but its package. */
export function alphaReflection(): typeof ServerReflection {
  const json = JSON.stringify(toJson(FileDescriptorProtoSchema, file_grpc_reflection_v1_reflection.proto));
  const alpha = json
    .replaceAll("grpc.reflection.v1", "grpc.reflection.v1alpha")
    .replaceAll("grpc/reflection/v1", "grpc/reflection/v1alpha");
  // What toJson() wrote can be parsed.
  const file = fromJson(FileDescriptorProtoSchema, JSON.parse(alpha) as ReturnType<typeof toJson>);
  const set = create(FileDescriptorSetSchema, { file: [file] });
  // It has the methods and the fields of version 1, and none other.
  return createFileRegistry(set).getService("grpc.reflection.v1alpha.ServerReflection") as typeof ServerReflection;
}

/** What is known, and what has been told in this stream. */
interface Knowing {
  readonly index: ReflectionIndex;
  readonly sent: Set<ReturnType<ReflectionIndex["named"]> & object>;
}

function answerTo({ case: kind, value }: Request["messageRequest"], { index, sent }: Knowing): Answer {
  const fileAnswer = (file: ReturnType<ReflectionIndex["named"]>, what: string): Answer =>
    file === undefined
      ? failed("not_found", `There is no ${what}.`)
      : { case: "fileDescriptorResponse", value: { fileDescriptorProto: [...index.bytesOf(file, sent)] } };
  switch (kind) {
    case "listServices":
      return { case: "listServicesResponse", value: { service: index.services.map((name) => ({ name })) } };
    case "fileByFilename":
      return fileAnswer(index.named(value), `file ${JSON.stringify(value)}`);
    case "fileContainingSymbol":
      return fileAnswer(index.declaring(value), `symbol ${JSON.stringify(value)}`);
    case "fileContainingExtension": {
      const { containingType: type, extensionNumber: number } = value;
      return fileAnswer(index.extending(type, number), `extension ${number} of ${JSON.stringify(type)}`);
    }
    case "allExtensionNumbersOfType": {
      const numbers = index.extensionsOf(value);
      if (numbers === undefined) return failed("not_found", `There is no message ${JSON.stringify(value)}.`);
      return {
        case: "allExtensionNumbersResponse",
        value: { baseTypeName: value, extensionNumber: [...numbers] },
      };
    }
    default:
      return failed("invalid_argument", "The request asks for nothing: name a file, a symbol or an extension.");
  }
}

function failed(code: Code, errorMessage: string): Answer {
  return { case: "errorResponse", value: { errorCode: CODES.indexOf(code), errorMessage } };
}
