import { connect, type ConnectOptions, type FunctionsClient, RpcError } from "callwire/client";
import { describe, expect, onTestFinished, test } from "vitest";
import { run } from "./program.js";
import { programChecks, programServing, served } from "./served.js";
import type { validator1 } from "./validator1.js";

/** What Python's server and the one of npm offer. */
interface Peer {
  add(a: number, b: number): number;
  echo<T>(value: T): T;
  fail(): never;
  crash(): never;
  missing(): never;
  types(): Record<string, unknown>;
  repeat(text: string, times: number): string;
  "deep.down.add": (a: number, b: number) => number;
  größe<T>(value: T): T;
}

function peerAt(place: string, options: ConnectOptions = {}): FunctionsClient<Peer> {
  const client = connect<Peer>("", `xmlrpc://${place}/RPC2`, options);
  onTestFinished(() => client[Symbol.asyncDispose]());
  return client;
}

/** Code, message and details of the error that a call ends with. */
async function errorOf(answer: Promise<unknown>): Promise<unknown> {
  const error: unknown = await answer.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return error instanceof RpcError ? [error.code, error.message, error.details] : error;
}

/** Every value of XML-RPC, with the ends of each range. */
const VALUES = {
  integers: [0, 1, -1, 2 ** 31 - 1, -(2 ** 31)],
  doubles: [0.1, -0, 1e300, -1.5e-300, 5e-324, Number.MAX_VALUE],
  booleans: [true, false],
  text: ["", "  blanks  ", `<a href="x">&amp; 'y'</a> ]]>`, "é 漢字 🦊\n\t", "\u2028\uFEFF\uFFFD\u{10FFFF}"],
  date: new Date(Date.UTC(1998, 6, 17, 14, 8, 55)),
  bytes: Uint8Array.from({ length: 256 }, (_, n) => n),
  nothing: null,
  nested: { "": [[[], {}]], "a b": { "<": [{ größe: 1 }] } },
};

describe("Python's client", () => {
  test("gets every value there and back, lists, several calls, faults and compression.", async () => {
    expect(await programChecks("xmlrpc_client.py", `http://${await served()}/RPC2`)).toBeGreaterThan(40);
  });

  test("finds the eight methods of the validation suite in order.", async () => {
    expect(await programChecks("validator1_client.py", `http://${await served()}/RPC2`)).toBe(40);
  });
});

describe.each([
  ["Python's server, which serves one at a time,", []],
  ["Python's server with threads", ["--threads"]],
  ["Python's server with threads that keep connections", ["--threads", "--keep-alive"]],
] as const)("%s", (_, flags) => {
  const python = (): Promise<string> => programServing("xmlrpc_server.py", ...flags);

  test("answers every value there and back.", async () => {
    const client = peerAt(await python());
    expect(await client.add(2, 3)).toBe(5);
    expect(await client.echo(VALUES)).toEqual(VALUES);
    expect(await client["deep.down.add"](2, 3)).toBe(5);
    expect(await client.größe("größe")).toBe("größe");
  });

  test("answers values of its own, each as what it is.", async () => {
    const client = peerAt(await python());
    expect(await client.types()).toEqual({
      int: [0, -1, 2 ** 31 - 1, -(2 ** 31)],
      float: [0.5, -0, 1e300, 5e-324, 0.30000000000000004, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
      bool: [true, false],
      str: ["", "  blanks  ", `<a href="x">&amp; 'y'</a> ]]>`, "line\nbreak\ttab", "é 漢字 🦊"],
      datetime: VALUES.date,
      bytes: VALUES.bytes,
      none: null,
      nested: { "": [[], {}, [[{ deep: [null] }]]], "a b": { "<": 1 } },
    });
  });

  test("answers with faults, which are errors, and then the next call.", async () => {
    const client = peerAt(await python());
    expect(await errorOf(client.fail())).toEqual(["unknown", "no", [{ faultCode: 42 }]]);
    // Python has one number for whatever a method raises, an unknown method too.
    expect(await errorOf(client.crash())).toEqual(["unknown", expect.stringContaining("broken"), [{ faultCode: 1 }]]);
    expect(await errorOf(client.missing())).toEqual([
      "unknown",
      expect.stringContaining("missing"),
      [{ faultCode: 1 }],
    ]);
    expect(await client.add(2, 3)).toBe(5);
  });

  test("answers many calls at once, one by one or several in one message.", async () => {
    const place = await python();
    for (const batch of [false, true]) {
      const client = peerAt(place, { batch });
      const sums = await Promise.all(Array.from({ length: 100 }, (_, n) => client.add(n, 1)));
      expect(sums).toEqual(Array.from({ length: 100 }, (_, n) => n + 1));
    }
  });

  test("answers long texts, which it compresses.", async () => {
    const client = peerAt(await python());
    const text = "größe <漢字> ".repeat(20_000);
    expect((await client.echo(text)) === text).toBe(true);
    expect((await client.repeat("é漢", 50_000)) === "é漢".repeat(50_000)).toBe(true);
  });

  test("lists its methods.", async () => {
    const url = `xmlrpc://${await python()}/RPC2`;
    const system = connect<{ listMethods(): readonly string[] }>("system", url);
    onTestFinished(() => system[Symbol.asyncDispose]());
    expect(await system.listMethods()).toEqual(expect.arrayContaining(["add", "deep.down.add", "größe"]));
  });
});

test("The eight methods of the validation suite are called in order.", async () => {
  for (const place of [await programServing("validator1_server.py"), await served()]) {
    const client = connect<typeof validator1>("validator1", `xmlrpc://${place}/RPC2`);
    onTestFinished(() => client[Symbol.asyncDispose]());
    const day = { moe: 1, larry: 20, curly: -300 };
    expect(await client.arrayOfStructsTest([day, { ...day, curly: 7 }])).toBe(-293);
    expect(await client.countTheEntities(`<<>&&&''"""" x é`)).toEqual({
      ctLeftAngleBrackets: 2,
      ctRightAngleBrackets: 1,
      ctAmpersands: 3,
      ctApostrophes: 2,
      ctQuotes: 4,
    });
    expect(await client.easyStructTest(day)).toBe(-279);
    const structs = { one: day, two: { ...day, other: "<&>" } };
    expect(await client.echoStructTest(structs)).toEqual(structs);
    const values = [7, true, "South Dakota", 3.75, VALUES.date, VALUES.bytes];
    expect(await client.manyTypesTest(...values)).toEqual(values);
    const texts = Array.from({ length: 150 }, (_, n) => `text ${n}`);
    expect(await client.moderateSizeArrayCheck(texts)).toBe("text 0text 149");
    const other = { moe: 0, larry: 0, curly: 0 };
    const calendar = { "1999": { "04": { "01": other } }, "2000": { "04": { "01": day, "02": other } } };
    expect(await client.nestedStructTest(calendar)).toBe(-279);
    expect(await client.simpleStructReturnTest(-7)).toEqual({ times10: -70, times100: -700, times1000: -7000 });
  }
});

describe("The npm package xmlrpc", () => {
  test("calls, and gets values, faults and several answers in one.", async () => {
    expect(await programChecks("npm-xmlrpc-client.cjs", `http://${await served()}/RPC2`)).toBeGreaterThan(9);
  });

  test("answers values and faults.", async () => {
    const client = peerAt(await programServing("npm-xmlrpc-server.cjs"));
    expect(await client.add(2, 3)).toBe(5);
    expect(await client["deep.down.add"](2, 3)).toBe(5);
    // It writes every number without a fraction as <int>, however large, and no sign of zero.
    const values = { ...VALUES, doubles: [0.1, -2.5, 1e-7] };
    expect(await client.echo(values)).toEqual(values);
    expect(await errorOf(client.fail())).toEqual(["unknown", "no", [{ faultCode: 42 }]]);
    // It answers 404, as to a wrong path.
    expect(await errorOf(client.missing())).toEqual(["unimplemented", expect.stringContaining("404"), []]);
  });
});

describe("xmlrpc-c's command", () => {
  test.each([
    [["add", "i/2", "i/3"], "Integer: 5"],
    [["interop.subtract", "i/42", "i/23"], "Integer: 19"],
    [["echo", "s/<é>&"], "String: '<\\xc3\\xa9>&'"],
    [["echo", "h/00ff80"], "Bit string: 00ff80"],
    [["echo", "b/t"], "Boolean: TRUE"],
    [["echo", "d/1.5"], "Floating Point: 1.500000"],
    [["echo", "I/1099511627776"], "64-bit integer: 1099511627776"],
    [["echo", "n/"], "Nil"],
    // It reads no exponents, as the specification has none.
    [["numbers"], "Floating Point: 0.100000"],
  ])("%j prints %j.", async (args, printed) => {
    expect(await run("xmlrpc", [`http://${await served()}/RPC2`, ...args])).toContain(printed);
  });
});

test("Perl's Frontier::Client can print what a server offers.", async () => {
  const printed = await run("xml-rpc-api2txt", [`http://${await served()}/RPC2`]);
  expect(printed).toContain("demo.Typed.hello");
  expect(printed).toContain("Adds two numbers.");
});
