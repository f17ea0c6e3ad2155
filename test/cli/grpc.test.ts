import { describe, expect, test } from "vitest";
import { grpcServed, NOTES } from "./grpc-served.js";
import { cleaningUp } from "./later.js";
import { Program, run } from "./program.js";

cleaningUp();

const ECHO = "echo.v1.EchoService";

describe.concurrent("callwire call, over gRPC", () => {
  test("finds out by reflection how a method is called, by any of its names, and for services of other kinds too", async () => {
    const url = await grpcServed();
    const names = [`${ECHO}.Echo`, "Echo"];
    const ended = await Promise.all(names.map((name) => run(["call", url, name, '{"text":"é","payload":"AAE="}'])));
    for (const each of ended) expect(each).toEqual({ code: 0, stdout: '{"text":"é","payload":"AAE="}\n', stderr: "" });
    expect((await run(["call", url, "plain.add", "[2,3]"])).stdout).toBe("5\n");
  });

  test("prints a line a message, and takes a stream from an array or from stdin", async () => {
    const url = await grpcServed();
    const [count, array] = await Promise.all([
      run(["call", url, `${ECHO}/Count`, '{"to":2}']),
      run(["call", url, `${ECHO}/Sum`, '[{"n":"3"},{"n":4}]']),
    ]);
    expect([count, array].map(({ stdout }) => stdout)).toEqual(['{"n":1}\n{"n":2}\n', '{"sum":"7"}\n']);
  });

  test("answers to each line of stdin as it comes, where the method takes a stream", async () => {
    const program = new Program(["call", await grpcServed(), `${ECHO}/Chat`, "-"]);
    program.child.stdin.write('{"text":"one"}\n');
    await program.says(/\{"text":"one"\}\n/u);
    program.child.stdin.end('{"text":"two"}\n');
    expect(await program.ended).toEqual({ code: 0, stdout: '{"text":"one"}\n{"text":"two"}\n', stderr: "" });
  });

  test("takes what a method takes from a file, of a server without reflection", async () => {
    const url = await grpcServed({ reflection: false });
    const ended = await run(["call", url, "test.notes.Notes/Find", '{"id":"x"}', "--proto", NOTES]);
    expect(ended).toEqual({ code: 0, stdout: '{"text":"found x","author":{"name":"Ada"}}\n', stderr: "" });
  });

  test("prints an error's details with --verbose, read where their types are known", async () => {
    const { code, stderr } = await run(["call", await grpcServed(), "test.notes.Notes/Keep", "{}", "--verbose"]);
    expect(code).toBe(1);
    const details = stderr.split("\n").filter((line) => line.startsWith("detail: "));
    expect(details.map((line) => JSON.parse(line.slice(8)))).toMatchObject([
      {
        "@type": "google.rpc.BadRequest",
        fieldViolations: [{ field: "text", description: "It says nothing." }],
      },
      { type: "no.Such", value: "ChgKBHRleHQSEEl0IHNheXMgbm90aGluZy4=" },
      { a: 1 },
    ]);
    expect(stderr).toMatch(/^invalid_argument: Nothing is said\.$/mu);
  });

  test.each([
    [[`${ECHO}/Echo`, '{"txet":"x"}'], 2, /^The input is no echo\.v1\.EchoRequest: .*"txet" is unknown/u],
    [[`${ECHO}/Chat`, '[{"text":"a"},{"text":1}]'], 2, /^The input is no echo\.v1\.EchoRequest: /u],
    [[`${ECHO}/Echo`, "[]", "--stream"], 2, /takes one message/u],
    [["Echo", "--proto", NOTES], 2, /^There is no method "Echo" in .*choose of .*test\.notes\.Notes\/Keep/u],
    [[`${ECHO}/Nosuch`], 1, /^not_found: There is no method "echo\.v1\.EchoService\/Nosuch": choose of echo/u],
  ] as const)("says what is wrong with %j and exits with %i", async (args, code, sentence) => {
    const ended = await run(["call", await grpcServed(), ...args]);
    expect(ended).toMatchObject({ code, stdout: "" });
    expect(ended.stderr).toMatch(sentence);
  });
});

describe.concurrent("callwire bench, over gRPC", () => {
  test("measures a protobuf method", async () => {
    const args = [`${ECHO}/Sum`, '[{"n":1}]', "-d", "300ms", "--warmup", "0", "-c", "2", "-o", "json"];
    const { code, stdout } = await run(["bench", await grpcServed(), ...args]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ errors: {}, unanswered: 0 });
  });
});

describe.concurrent("callwire list and describe, over gRPC", () => {
  test("list all services but those that servers have of themselves, which --all shows", async () => {
    const url = await grpcServed();
    const [own, all, one, file] = await Promise.all([
      run(["list", url]),
      run(["list", url, "--all"]),
      run(["list", url, "grpc.health.v1.Health"]),
      run(["list", "grpc://127.0.0.1:1", "--proto", NOTES]),
    ]);
    expect(own.stdout.match(/^\S+$/gmu)).toEqual(["test.notes.Notes", ECHO, "plain"]);
    expect(all.stdout.match(/^\S+$/gmu)).toContain("grpc.reflection.v1alpha.ServerReflection");
    expect(one.stdout).toBe("grpc.health.v1.Health\n  Check  unary\n  List   unary\n  Watch  server stream\n");
    expect(file.stdout).toMatch(/^test\.notes\.Notes\n {2}Keep {2}unary +Keeps a note\. It may be found again\.\n/mu);
  });

  test("describe a service, a method with its messages, a message and an enum as they are declared", async () => {
    const url = await grpcServed();
    const names = ["test.notes.Notes", "test.notes.Notes/Find", "test.notes.Note.Author"];
    const value = "grpc.health.v1.HealthCheckResponse.ServingStatus";
    const [service, method, message, values] = await Promise.all(
      [...names, value].map(async (name) => (await run(["describe", url, name])).stdout),
    );
    expect(service).toBe(`service test.notes.Notes {
  // Keeps a note.
  // It may be found again.
  rpc Keep(test.notes.Note) returns (test.notes.Kept);

  rpc Find(test.notes.Kept) returns (stream test.notes.Note);
}
`);
    expect(method).toMatch(/^service test\.notes\.Notes \{\n {2}rpc Find\(.*\n\}\n\nmessage test\.notes\.Kept \{\n/u);
    expect(message).toBe(`// Whoever says something.
message test.notes.Note.Author {
  // By which others know them.
  string name = 1;
}
`);
    expect(values).toContain("enum grpc.health.v1.HealthCheckResponse.ServingStatus {\n  UNKNOWN = 0;\n");
  });

  test("describe what is none of protobuf as on other wires, and say where to look for what is nowhere", async () => {
    const url = await grpcServed();
    const [plain, none] = await Promise.all([run(["describe", url, "plain/add"]), run(["describe", url, "nosuch"])]);
    expect(plain.stdout).toMatch(/^plain\/add\n {2}shape {2}unary\n/u);
    expect(none).toMatchObject({
      code: 1,
      stderr: `not_found: Nothing is named "nosuch": see callwire list ${url}.\n`,
    });
  });
});
