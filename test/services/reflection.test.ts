import { type DescService, type MessageInitShape, fromBinary } from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import { functions, implement } from "callwire";
import { connect } from "callwire/client";
import { loadProto } from "callwire/proto";
import { readFileSync } from "node:fs";
import { describe, expect, onTestFinished, test } from "vitest";
import { echoService } from "../../examples/quickstart/echo.js";
import { alphaReflection } from "../../src/services/reflection.js";
import {
  ServerReflection,
  type ServerReflectionRequestSchema,
  type ServerReflectionResponse,
} from "../../src/services/gen/grpc/reflection/v1/reflection_pb.js";
import { Legacy } from "../proto/gen/legacy_pb.js";
import { served } from "./served.js";

type Question = MessageInitShape<typeof ServerReflectionRequestSchema>["messageRequest"];
type Answer = ServerReflectionResponse["messageResponse"];

const notes = await loadProto(readFileSync(new URL("../proto/gen/notes.binpb", import.meta.url)));

/** Serves a protobuf service by its descriptor, with methods that do nothing. */
function idle(desc: DescService | undefined): ReturnType<typeof implement> {
  if (desc === undefined) throw new Error("There is no such service.");
  return implement(desc, Object.fromEntries(desc.methods.map(({ localName }) => [localName, () => ({})])));
}

/** What the server answers to questions in one stream. */
async function answersOf(
  url: string,
  questions: readonly Question[],
  service: typeof ServerReflection = ServerReflection,
): Promise<readonly Answer[]> {
  const client = connect(service, url);
  onTestFinished(() => client[Symbol.asyncDispose]());
  const answers: Answer[] = [];
  const requests = questions.map((messageRequest) => ({
    host: "here",
    messageRequest: messageRequest ?? { case: undefined },
  }));
  for await (const { messageResponse, validHost, originalRequest } of client.serverReflectionInfo(requests)) {
    expect(validHost).toBe("here");
    expect(originalRequest?.messageRequest.case).toBe(questions[answers.length]?.case);
    answers.push(messageResponse);
  }
  return answers;
}

/** The names of the files of an answer, or the number of its error. */
function shown(answer: Answer | undefined): readonly string[] | number | undefined {
  if (answer?.case === "errorResponse") return answer.value.errorCode;
  if (answer?.case !== "fileDescriptorResponse") return undefined;
  return answer.value.fileDescriptorProto.map((bytes) => fromBinary(FileDescriptorProtoSchema, bytes).name);
}

const symbol = (value: string): Question => ({ case: "fileContainingSymbol", value });

describe.each([
  ["v1", ServerReflection],
  ["v1alpha", alphaReflection()],
])("grpc.reflection.%s.ServerReflection", (_version, service) => {
  test("lists protobuf services, its own among them, and not those without a descriptor.", async () => {
    const { url } = await served({}, [echoService, functions("math", { add: (a: number, b: number) => a + b })]);
    const [answer] = await answersOf(url, [{ case: "listServices", value: "" }], service);
    expect(answer?.case === "listServicesResponse" && answer.value.service.map(({ name }) => name)).toEqual([
      "echo.v1.EchoService",
      "grpc.health.v1.Health",
      "grpc.reflection.v1.ServerReflection",
      "grpc.reflection.v1alpha.ServerReflection",
    ]);
  });

  test("gives the file of a name or of anything that a file declares, before what it imports, and imports once a stream.", async () => {
    const { url } = await served({}, [idle(notes["test.notes.Notes"])]);
    const whole = ["notes.proto", "shared.proto"];
    const questions = [
      { case: "fileByFilename", value: "notes.proto" } as const,
      ...["test.notes.Notes", "test.notes.Notes.Keep", "test.notes.Note", ".test.notes.Note"].map(symbol),
      { case: "fileByFilename", value: "shared.proto" } as const,
    ];
    const answers = await answersOf(url, questions, service);
    expect(answers.map(shown)).toEqual([whole, ...Array.from({ length: 4 }, () => ["notes.proto"]), ["shared.proto"]]);
    for (const question of questions.slice(0, 5))
      expect((await answersOf(url, [question], service)).map(shown)).toEqual([whole]);
  });
});

describe("Reflection", () => {
  test("describes itself and the health service.", async () => {
    const { url } = await served();
    const names = ["grpc.health.v1.Health", "grpc.health.v1.HealthCheckResponse.SERVING"];
    const own = ["grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ErrorResponse.error_code"];
    expect((await answersOf(url, [...names, ...own].map(symbol))).map(shown)).toEqual([
      ["grpc/health/v1/health.proto"],
      ["grpc/health/v1/health.proto"],
      ["grpc/reflection/v1/reflection.proto"],
      ["grpc/reflection/v1alpha/reflection.proto"],
    ]);
  });

  test("answers what is not there with an error of its own, and goes on.", async () => {
    const { url } = await served();
    const answers = await answersOf(url, [
      { case: "fileByFilename", value: "no.proto" },
      symbol("no.Such"),
      symbol(""),
      { case: "fileContainingExtension", value: { containingType: "echo.v1.EchoRequest", extensionNumber: 7 } },
      { case: "allExtensionNumbersOfType", value: "no.Such" },
      { case: undefined },
      symbol("echo.v1.EchoService"),
    ]);
    expect(answers.map(shown)).toEqual([5, 5, 5, 5, 5, 3, ["echo.proto"]]);
    expect(answers[1]?.case === "errorResponse" && answers[1].value.errorMessage).toBe('There is no symbol "no.Such".');
  });

  test("finds extensions by what they extend.", async () => {
    const { url } = await served({}, [idle(Legacy)]);
    const answers = await answersOf(url, [
      { case: "allExtensionNumbersOfType", value: "test.legacy.Old" },
      { case: "fileContainingExtension", value: { containingType: "test.legacy.Old", extensionNumber: 100 } },
      { case: "fileContainingExtension", value: { containingType: "test.legacy.Old", extensionNumber: 101 } },
      ...["test.legacy.note", "test.legacy.LARGE"].map(symbol),
    ]);
    expect(answers[0]).toMatchObject({ value: { baseTypeName: "test.legacy.Old", extensionNumber: [100] } });
    expect(answers.slice(1).map(shown)).toEqual([["legacy.proto"], 5, ["legacy.proto"], ["legacy.proto"]]);
  });

  test("knows a message without extensions.", async () => {
    const { url } = await served();
    const [answer] = await answersOf(url, [{ case: "allExtensionNumbersOfType", value: "echo.v1.EchoRequest" }]);
    expect(answer).toMatchObject({ value: { baseTypeName: "echo.v1.EchoRequest", extensionNumber: [] } });
  });

  test("is turned off by an option, in which the health service stays.", async () => {
    const { server } = await served({ reflection: false });
    expect(server.services.map(({ name }) => name)).toEqual([
      "echo.v1.EchoService",
      "callwire.Introspection",
      "grpc.health.v1.Health",
    ]);
  });
});
