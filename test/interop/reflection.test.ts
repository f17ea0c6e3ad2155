import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { Program, run } from "../cli/program.js";
import { pathOf } from "./program.js";
import { programServing } from "./served.js";

const ECHO = "echo.v1.EchoService";
/** .ci/setup puts it there, where there is Go. */
const GRPCURL = pathOf(".tools/bin/grpcurl");

/** What grpcurl prints, of either sort. */
function grpcurl(...args: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    execFile(GRPCURL, ["-plaintext", "-max-time", "10", ...args], (_error, stdout, stderr) => resolve(stdout + stderr));
  });
}

/** Serves the quickstart; resolves with its `HOST:PORT`. */
async function quickstart(): Promise<string> {
  const args = ["serve", "examples/quickstart/service.ts", "--listen", "tcp://127.0.0.1:0"];
  const [, address = ""] = await new Program(args).says(/listening on tcp:\/\/(\S+)/u);
  return address;
}

// Where there is no Go, there is no grpcurl, and .ci/setup says so.
describe.runIf(existsSync(GRPCURL))("grpcurl", () => {
  test("lists, describes and calls what the quickstart serves.", async () => {
    const address = await quickstart();
    expect((await grpcurl(address, "list")).split("\n")).toEqual([
      ECHO,
      "grpc.health.v1.Health",
      "grpc.reflection.v1.ServerReflection",
      "grpc.reflection.v1alpha.ServerReflection",
      "",
    ]);
    expect(await grpcurl(address, "list", ECHO)).toContain(`${ECHO}.Chat\n`);
    expect(await grpcurl(address, "describe", ECHO)).toContain(
      "rpc Sum ( stream .echo.v1.SumRequest ) returns ( .echo.v1.SumReply );",
    );
    expect(await grpcurl(address, "describe", "echo.v1.CountRequest")).toContain("int32 delay_ms = 2;");
    expect(JSON.parse(await grpcurl("-d", '{"text":"é"}', address, `${ECHO}/Echo`))).toEqual({ text: "é" });
    const chat = await grpcurl("-d", '{"text":"a"} {"text":"b"}', address, `${ECHO}/Chat`);
    expect(chat.match(/"text": "\w"/gu)).toEqual(['"text": "a"', '"text": "b"']);
    expect(await grpcurl("-d", '{"text":"fail:not_found:Gone."}', address, `${ECHO}/Echo`)).toContain(
      "Code: NotFound\n  Message: Gone.",
    );
  });

  test("asks how services are.", async () => {
    const address = await quickstart();
    const check = (service: string): Promise<string> =>
      grpcurl("-d", JSON.stringify({ service }), address, "grpc.health.v1.Health/Check");
    expect(JSON.parse(await check(""))).toEqual({ status: "SERVING" });
    expect(JSON.parse(await check(ECHO))).toEqual({ status: "SERVING" });
    expect(await check("nosuch")).toContain("Code: NotFound");
  });
});

describe("callwire, of a server of @grpc/grpc-js with @grpc/reflection", () => {
  test("lists, describes and calls what it serves.", async () => {
    const url = `grpc://${await programServing("grpc-js-server.cjs", "identity", "reflection")}`;
    const [list, described, unary, stream, sum, chat] = await Promise.all([
      run(["list", url]),
      run(["describe", url, `${ECHO}.Count`]),
      run(["call", url, `${ECHO}/Echo`, '{"text":"é","payload":"AAE="}']),
      run(["call", url, `${ECHO}.Count`, '{"to":2,"delayMs":0}']),
      run(["call", url, `${ECHO}/Sum`, '[{"n":"3"},{"n":4}]']),
      run(["call", url, `${ECHO}/Chat`, "-"], '{"text":"a"}\n{"text":"b"}\n'),
    ]);
    expect(list.stdout).toContain(`${ECHO}\n  Echo   unary\n  Count  server stream\n`);
    expect(described.stdout).toContain("rpc Count(echo.v1.CountRequest) returns (stream echo.v1.CountReply);");
    expect(unary).toEqual({ code: 0, stdout: '{"text":"é","payload":"AAE="}\n', stderr: "" });
    expect(stream.stdout).toBe('{"n":1}\n{"n":2}\n');
    expect(sum.stdout).toBe('{"sum":"7"}\n');
    expect(chat.stdout).toBe('{"text":"a"}\n{"text":"b"}\n');
  });

  test("tells its errors, and what to do where it has no reflection.", async () => {
    const address = await programServing("grpc-js-server.cjs", "identity", "reflection");
    const silent = await programServing("grpc-js-server.cjs", "identity");
    const [failed, unknown, none, listed] = await Promise.all([
      run(["call", `grpc://${address}`, `${ECHO}/Echo`, '{"text":"fail"}']),
      run(["call", `grpc://${address}`, `${ECHO}/Nosuch`]),
      run(["call", `grpc://${silent}`, `${ECHO}/Echo`, '{"text":"x"}']),
      run(["list", `grpc://${silent}`]),
    ]);
    expect(failed).toEqual({ code: 1, stdout: "", stderr: "not_found: No such ü, 100 %.\n" });
    expect(unknown.stderr).toMatch(/^not_found: There is no method "echo\.v1\.EchoService\/Nosuch": choose of /u);
    const advice = "unimplemented: The server has no reflection: name its .proto files with --proto.\n";
    expect([none, listed]).toEqual(Array.from({ length: 2 }, () => ({ code: 1, stdout: "", stderr: advice })));
  });
});
