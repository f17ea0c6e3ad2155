import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { functions, serve } from "../../src/server.js";
import { cleaningUp } from "./later.js";
import { plainServer } from "./plain-server.js";
import { Program, run, userProject } from "./program.js";
import { called } from "./served.js";

cleaningUp();

describe.concurrent("callwire call", () => {
  test("prints the answer as JSON on one line, by any of a method's names", async () => {
    const { url } = await called();
    const names = ["ping", "plain.ping", "plain/ping"];
    const ended = await Promise.all(names.map((name) => run(["call", url, name, '{"a": [1, "ü"]}'])));
    for (const each of ended) expect(each).toEqual({ code: 0, stdout: '{"a":[1,"ü"]}\n', stderr: "" });
  });

  test("takes an array as the arguments of a plain function, anything else as the only one, and nothing as none", async () => {
    const { url } = await called();
    const [two, one, none] = await Promise.all([
      run(["call", url, "add", "[2,3]"]),
      run(["call", url, "ping", "-5"]),
      run(["call", url, "nothing"]),
    ]);
    expect([two.stdout, one.stdout, none.stdout]).toEqual(["5\n", "-5\n", "null\n"]);
  });

  test("calls a method of a contract with its one input", async () => {
    const { url } = await called();
    const ended = await run(["call", url, "demo.Greeter/hello", '{"name":"Ada"}']);
    expect(ended).toEqual({ code: 0, stdout: '{"text":"hello Ada"}\n', stderr: "" });
  });

  test("prints a line for each message of a stream", async () => {
    const { url } = await called();
    expect((await run(["call", url, "demo.Greeter/ticks", '{"count":3}'])).stdout).toBe("0\n1\n2\n");
    expect(await run(["call", url, "demo.Greeter/ticks", '{"count":0}'])).toEqual({ code: 0, stdout: "", stderr: "" });
  });

  test("calls by Connect, in the form that the method has, a server that takes one connection at a time", async () => {
    const server = await serve([functions("math", { add: (a: number, b: number) => a + b })], {
      listen: ["tcp://127.0.0.1:0"],
      model: "single",
    });
    try {
      const [address = ""] = server.addresses;
      const ended = await run(["call", address.replace("tcp:", "connect:"), "math/add", "[2,3]"]);
      expect(ended).toEqual({ code: 0, stdout: "5\n", stderr: "" });
    } finally {
      await server.stop();
    }
  });

  test("sends an array's elements as a stream with --stream", async () => {
    const { url } = await called();
    expect((await run(["call", url, "demo.Greeter/sum", "--stream", "[1,2,3]"])).stdout).toBe("6\n");
    expect((await run(["call", url, "demo.Greeter/sum", "--stream"])).stdout).toBe("0\n");
  });

  test("sends several JSON texts on stdin as a stream, and one as the one input", async () => {
    const { url } = await called();
    const [lines, single] = await Promise.all([
      run(["call", url, "demo.Greeter/sum", "-"], "1\n2\n3\n"),
      run(["call", url, "ping", "-"], '{\n  "a": 1\n}\n'),
    ]);
    expect([lines.stdout, single.stdout]).toEqual(["6\n", '{"a":1}\n']);
  });

  test("reads its input from a file with @, one JSON text or several", async () => {
    const { url } = await called();
    const root = userProject({ "one.json": "[2,\n 3]\n", "many.ndjson": '"a"\n"b"\n' });
    const [one, many] = await Promise.all([
      run(["call", url, "add", `@${join(root, "one.json")}`]),
      run(["call", url, "demo.Greeter/chat", `@${join(root, "many.ndjson")}`]),
    ]);
    expect([one.stdout, many.stdout]).toEqual(["5\n", '"A"\n"B"\n']);
  });

  test("answers to each line of stdin as it comes with --stream, before stdin has ended", async () => {
    const { url } = await called();
    const program = new Program(["call", url, "demo.Greeter/chat", "-", "--stream"]);
    program.child.stdin.write('"one"\n');
    await program.says(/"ONE"\n/u);
    program.child.stdin.end('"two"\n');
    expect(await program.ended).toEqual({ code: 0, stdout: '"ONE"\n"TWO"\n', stderr: "" });
  });

  test("ends when the call does, though stdin stays open", async () => {
    const { url } = await called();
    const program = new Program(["call", url, "fail", "-", "--stream"]);
    program.child.stdin.write('"gone"\n');
    program.child.stdin.write('"gone"\n');
    expect((await program.ended).code).toBe(1);
  });

  test("says an error answer as code: message and exits with 1", async () => {
    const { url } = await called();
    const [failed, invalid, unknown] = await Promise.all([
      run(["call", url, "fail", '"No such thing."']),
      run(["call", url, "demo.Greeter/hello", '{"name":3}']),
      run(["call", url, "nosuch"]),
    ]);
    expect(failed).toEqual({ code: 1, stdout: "", stderr: "not_found: No such thing.\n" });
    expect(invalid.code).toBe(1);
    expect(invalid.stderr).toMatch(/^invalid_argument: .*name.*\n$/u);
    expect(unknown.code).toBe(1);
    expect(unknown.stderr).toMatch(/^unimplemented: .*"nosuch".*\n$/u);
  });

  test("keeps what a server says from ordering the terminal about", async () => {
    const { url } = await called();
    const { stderr } = await run(["call", url, "fail", JSON.stringify("two\nlines \u001b[31mred")]);
    expect(stderr).toBe("not_found: two lines  [31mred\n");
  });

  test("says that a server cannot be reached and exits with 1", async () => {
    const { code, stderr } = await run(["call", "frame://127.0.0.1:1", "ping"]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^unavailable: Cannot connect to tcp:\/\/127\.0\.0\.1:1: .*\n$/u);
  });

  test("gives up after --timeout, and cancels the call at the server", async () => {
    const { url, until } = await called();
    // It connects within that time too, on busy machines as well.
    const { code, stderr } = await run(["call", url, "sleep", "--timeout", "1s"]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^deadline_exceeded: /u);
    await until("canceled");
  });

  test("sends headers, and shows those of the answer with --verbose", async () => {
    const { url } = await called();
    const { stdout, stderr } = await run([
      "call",
      url,
      "header",
      '"X-User"',
      "-H",
      "x-user: ada:1",
      "--header",
      "x-other:2",
      "--verbose",
    ]);
    expect(stdout).toBe('"ada:1"\n');
    expect(stderr).toMatch(
      /^headers after .*s:\n {2}x-answer: a\ntrailers after .*s:\n {2}x-end: z\n1 message in .*s\n$/u,
    );
  });

  test("Ctrl-C cancels the call at the server and exits with 130", async () => {
    const { url, until } = await called();
    const program = new Program(["call", url, "sleep"]);
    await until("asleep");
    program.child.kill("SIGINT");
    expect(await program.ended).toEqual({ code: 130, stdout: "", stderr: "" });
    await until("canceled");
  });

  test("ends quietly when nobody reads its output any more", async () => {
    const { url } = await called();
    const program = new Program(["call", url, "demo.Greeter/ticks", '{"count":100000000}']);
    await program.says(/^0\n/u);
    program.child.stdout.destroy();
    expect(await program.ended).toMatchObject({ code: 0, stderr: "" });
  });

  test.each([
    [["call"], /^Missing required argument "url"\. See callwire call --help\.\n$/u],
    [["call", "frame://127.0.0.1:1", "ping", "hello"], /^The input is no JSON: "hello" .*'"hello"'\.\n$/u],
    [["call", "frame://127.0.0.1:1", "ping", "@/no/such/file"], /^Cannot read "\/no\/such\/file": /u],
    [["call", "frame://127.0.0.1:1", "ping", "-"], /^There is no JSON in stdin: /u],
    [["call", "nowire://127.0.0.1:1", "ping"], /^Cannot call "nowire:\/\/127\.0\.0\.1:1": /u],
    [["call", "127.0.0.1:1", "ping"], /^Cannot call "127\.0\.0\.1:1": /u],
    [["call", "frame://nowhere", "ping"], /"nowhere".*HOST:PORT|HOST:PORT.*"nowhere"/u],
    [["call", "frame://127.0.0.1:1", ""], /^A method has a name/u],
    [["call", "frame://127.0.0.1:1", "ping", "--timeout", "soon"], /"soon".*500ms/u],
    [["call", "frame://127.0.0.1:1", "ping", "--timeout", "0"], /"0".*500ms/u],
    [["call", "frame://127.0.0.1:1", "ping", "-H", "no-colon"], /"no-colon".*x-user: ada/u],
    [["call", "frame://127.0.0.1:1", "ping", "--byte-order", "middle"], /"middle".*big, little/u],
    [["call", "frame://127.0.0.1:1", "ping", "1", "2"], /^Too many arguments for "call"/u],
    [["call", "frame://127.0.0.1:1", "ping", "--proto", "a.proto"], /^Wire frame needs no \.proto files: /u],
    [["call", "frame://127.0.0.1:1", "ping", "--nosuch"], /^Unknown option "--nosuch"/u],
  ] as const)("wrong usage %j is said in a sentence and exits with 2", async (args, sentence) => {
    const { code, stdout, stderr } = await run(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(sentence);
    expect(stderr.trim().split("\n")).toHaveLength(1);
  });

  test("wrong JSON in the midst of a stream exits with 2", async () => {
    const { url } = await called();
    const { code, stderr } = await run(["call", url, "demo.Greeter/sum", "-", "--stream"], "1\n2x\n");
    expect(code).toBe(2);
    expect(stderr).toMatch(/^Stdin is no JSON: "2x"/u);
  });
});

describe.concurrent("callwire call, at a server that knows no ids", () => {
  test("prints its answer, and asks it nothing else", async () => {
    const { url, asked } = await plainServer();
    expect(await run(["call", url, "ping", '"x"'])).toEqual({ code: 0, stdout: '"x"\n', stderr: "" });
    expect(asked).toMatchObject([{ in: "ping", params: "x" }]);
  });

  test("writes and reads lengths the other way round with --byte-order big", async () => {
    const { url } = await plainServer("big");
    expect((await run(["call", url, "ping", '"x"', "--byte-order", "big"])).stdout).toBe('"x"\n');
  });

  test("says that the connection was closed where it breaks off", async () => {
    const { url } = await plainServer();
    const { code, stderr } = await run(["call", url, "crash"]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^unavailable: /u);
  });

  test("a list of what it offers is refused in a sentence", async () => {
    const { url } = await plainServer();
    const { code, stderr } = await run(["list", url]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^unavailable: .*The server does not tell what it offers\.\n$/u);
  });
});
