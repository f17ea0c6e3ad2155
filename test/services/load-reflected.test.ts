import { connect, RpcError } from "callwire/client";
import { loadReflected } from "callwire/proto";
import { describe, expect, onTestFinished, test } from "vitest";
import { echoService } from "../../examples/quickstart/echo.js";
import { alphaReflection } from "../../src/services/reflection.js";
import { served } from "./served.js";
import { type Answer, file, fileAnswer, oneByOne, toldServer } from "./told-server.js";

const TIMESTAMP = "google/protobuf/timestamp.proto";

describe("loadReflected", () => {
  test("loads services that can be called.", async () => {
    const { url } = await served({}, [echoService]);
    const services = await loadReflected(url);
    const echo = services["echo.v1.EchoService"];
    if (echo === undefined) throw new Error("It was not loaded.");
    const client = connect(echo, url);
    onTestFinished(() => client[Symbol.asyncDispose]());
    expect(await client["echo"]?.({ text: "é" })).toMatchObject({ text: "é" });
    expect(Object.keys(services)).toEqual([
      "echo.v1.EchoService",
      "grpc.health.v1.Health",
      "grpc.reflection.v1.ServerReflection",
      "grpc.reflection.v1alpha.ServerReflection",
    ]);
  });

  test("loads those alone that are named, and rejects for one that is not there.", async () => {
    const { url } = await served();
    expect(Object.keys(await loadReflected(url, { services: ["echo.v1.EchoService"] }))).toEqual([
      "echo.v1.EchoService",
    ]);
    await expect(loadReflected(url, { services: ["echo.v1.EchoService", "no.Such"] })).rejects.toMatchObject({
      code: "not_found",
      message: 'There is no symbol "no.Such".',
    });
  });

  test("asks for v1alpha where there is no v1.", async () => {
    const answer = oneByOne([file("a", { imports: [], service: true })]);
    const { url } = await toldServer(answer, alphaReflection());
    expect(Object.keys(await loadReflected(url))).toEqual(["a.Svc"]);
  });

  test("asks for each import that has not come, and not for those that come with protobuf.", async () => {
    const files = [
      file("a", { imports: ["b.proto", "c.proto", TIMESTAMP], fields: [".b.Msg"], service: true }),
      file("b", { imports: ["c.proto"], fields: [".c.Msg"] }),
      file("c", { imports: [TIMESTAMP], fields: [".google.protobuf.Timestamp"] }),
      file("d", { imports: ["c.proto"], fields: [".c.Msg"], service: true }),
    ];
    const { url, asked } = await toldServer(oneByOne(files));
    const services = await loadReflected(url);
    expect(Object.keys(services)).toEqual(["a.Svc", "d.Svc"]);
    const message = services["a.Svc"]?.methods[0]?.input.fields[0]?.message?.fields[0]?.message?.fields[0]?.message;
    expect(message?.typeName).toBe("google.protobuf.Timestamp");
    expect(asked).toEqual([
      'listServices "*"',
      'fileContainingSymbol "a.Svc"',
      'fileContainingSymbol "d.Svc"',
      'fileByFilename "b.proto"',
      'fileByFilename "c.proto"',
    ]);
  });

  test("takes files in any order, and of repeated ones the first.", async () => {
    const a = file("a", { imports: ["b.proto"], fields: [".b.Msg"], service: true });
    const b = file("b", { imports: [] });
    const { url } = await toldServer((question) =>
      question.case === "listServices" ? oneByOne([a])(question) : fileAnswer([b, a, b, a]),
    );
    expect(Object.keys(await loadReflected(url))).toEqual(["a.Svc"]);
  });

  test("finds a file that the server knows by another name than those that import it.", async () => {
    const a = file("a", { imports: ["dir/b.proto"], fields: [".b.Msg"], service: true });
    const { url } = await toldServer(oneByOne([a, file("b", { imports: [] })], { "dir/b.proto": "b.proto" }));
    expect((await loadReflected(url))["a.Svc"]?.methods[0]?.input.fields[0]?.message?.typeName).toBe("b.Msg");
  });

  test("does without an import of which nothing is used, and says what is missing where something is.", async () => {
    const { url } = await toldServer(oneByOne([file("a", { imports: ["lost.proto"], service: true })]));
    expect(Object.keys(await loadReflected(url))).toEqual(["a.Svc"]);
    const used = file("a", { imports: ["lost.proto"], fields: [".lost.Msg"], service: true });
    const lacking = await toldServer(oneByOne([used]));
    await expect(loadReflected(lacking.url)).rejects.toThrow(/lost\.Msg.*It has not got lost\.proto\.$/u);
  });

  test("leaves out what the server lists and cannot describe.", async () => {
    const answer = oneByOne([file("a", { imports: [], service: true })]);
    const { url } = await toldServer((question) =>
      question.case === "listServices"
        ? { case: "listServicesResponse", value: { service: [{ name: "ghost.Svc" }, { name: "a.Svc" }] } }
        : answer(question),
    );
    expect(Object.keys(await loadReflected(url))).toEqual(["a.Svc"]);
  });

  test.each<[string, (question: { case: string | undefined }) => Answer]>([
    [
      "a question with the answer to another",
      () => ({ case: "listServicesResponse", value: { service: [{ name: "a.B" }] } }),
    ],
    ["nothing", () => ({ case: undefined })],
    ["bytes that are no file", ({ case: kind }) => listed(kind, [new Uint8Array([255, 255, 255])])],
    [
      "a file that imports itself",
      ({ case: kind }) =>
        kind === "listServices"
          ? listed(kind, [])
          : fileAnswer([file("a", { imports: ["a.proto"], fields: [".no.Msg"] })]),
    ],
  ])("rejects as internal where a server answers with %s.", async (_what, answer) => {
    const { url } = await toldServer(answer);
    await expect(loadReflected(url)).rejects.toMatchObject({ code: "internal" });
  });

  test("gives up after its time, whatever the server does.", async () => {
    const { url } = await toldServer(() => new Promise(() => {}));
    await expect(loadReflected(url, { timeoutMs: 50 })).rejects.toMatchObject({ code: "deadline_exceeded" });
  });

  test("says that a server has no reflection, and what a failing one answers.", async () => {
    const { url } = await served({ reflection: false });
    await expect(loadReflected(url)).rejects.toMatchObject({
      code: "unimplemented",
      message: `The server at ${url} has no reflection: turn it on there, or take its .proto files.`,
    });
    const refusing = await toldServer(() => Promise.reject(new RpcError("permission_denied", "Not you.")));
    await expect(loadReflected(refusing.url)).rejects.toMatchObject({ code: "permission_denied" });
    await expect(loadReflected("grpc://127.0.0.1:1", { timeoutMs: 500 })).rejects.toMatchObject({
      code: "unavailable",
    });
  });
});

/** The list of one service, or files as bytes. */
function listed(kind: string | undefined, bytes: readonly Uint8Array[]): Answer {
  return kind === "listServices"
    ? { case: "listServicesResponse", value: { service: [{ name: "a.Svc" }] } }
    : { case: "fileDescriptorResponse", value: { fileDescriptorProto: [...bytes] } };
}
