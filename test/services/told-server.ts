import { create, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import {
  FieldDescriptorProto_Label as Label,
  FieldDescriptorProto_Type as Type,
  type FileDescriptorProto,
  FileDescriptorProtoSchema,
} from "@bufbuild/protobuf/wkt";
import { implement } from "callwire";
import {
  ServerReflection,
  type ServerReflectionRequest,
  type ServerReflectionResponseSchema,
} from "../../src/services/gen/grpc/reflection/v1/reflection_pb.js";
import { served } from "./served.js";

/** What a server of reflection answers. */
export type Answer = NonNullable<MessageInitShape<typeof ServerReflectionResponseSchema>["messageResponse"]>;

/** A server whose reflection answers as it is told; resolves with its URL and what it was asked. */
export async function toldServer(
  answer: (question: ServerReflectionRequest["messageRequest"]) => Answer | Promise<Answer>,
  service: typeof ServerReflection = ServerReflection,
): Promise<{ readonly url: string; readonly asked: string[] }> {
  const asked: string[] = [];
  const reflection = implement(service, {
    async *serverReflectionInfo(requests) {
      for await (const { messageRequest } of requests) {
        asked.push(`${messageRequest.case} ${JSON.stringify(messageRequest.value)}`);
        yield { messageResponse: await answer(messageRequest) };
      }
    },
  });
  const { url } = await served({ reflection: false, health: false }, [reflection]);
  return { url, asked };
}

/** Answers with these files, one an answer, by name and by the names of services; `named` says what else files are called. */
export function oneByOne(
  files: readonly FileDescriptorProto[],
  named: Readonly<Record<string, string>> = {},
): (question: ServerReflectionRequest["messageRequest"]) => Answer {
  return ({ case: kind, value }) => {
    const services = files.flatMap((file) =>
      file.service.map(({ name }) => ({ name: `${file.package}.${name}`, file })),
    );
    if (kind === "listServices") return { case: "listServicesResponse", value: { service: services } };
    const found =
      kind === "fileByFilename"
        ? files.find(({ name }) => name === (named[value] ?? value))
        : services.find(({ name }) => name === value)?.file;
    if (found === undefined)
      return { case: "errorResponse", value: { errorCode: 5, errorMessage: `not found: ${JSON.stringify(value)}` } };
    return fileAnswer([found]);
  };
}

/** An answer of files. */
export function fileAnswer(files: readonly FileDescriptorProto[]): Answer {
  return {
    case: "fileDescriptorResponse",
    value: { fileDescriptorProto: files.map((file) => toBinary(FileDescriptorProtoSchema, file)) },
  };
}

/** A file `NAME.proto` of package `NAME` with a message `Msg` that has one field of each of these messages, and maybe a service `Svc` for it. */
export function file(
  name: string,
  {
    imports,
    fields = [],
    service = false,
  }: { imports: readonly string[]; fields?: readonly string[]; service?: boolean },
): FileDescriptorProto {
  return create(FileDescriptorProtoSchema, {
    name: `${name}.proto`,
    package: name,
    syntax: "proto3",
    dependency: [...imports],
    messageType: [
      {
        name: "Msg",
        field: fields.map((typeName, at) => ({
          name: `f${at + 1}`,
          jsonName: `f${at + 1}`,
          number: at + 1,
          type: Type.MESSAGE,
          label: Label.OPTIONAL,
          typeName,
        })),
      },
    ],
    service: service
      ? [{ name: "Svc", method: [{ name: "Do", inputType: `.${name}.Msg`, outputType: `.${name}.Msg` }] }]
      : [],
  });
}
