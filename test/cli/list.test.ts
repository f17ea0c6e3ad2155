import { describe, expect, test } from "vitest";
import { cleaningUp } from "./later.js";
import { run } from "./program.js";
import { called } from "./served.js";

cleaningUp();

const OFFER = `demo.Greeter
  hello    unary          Greets by name.
  ticks    server stream  Counts from 0.
  sum      client stream
  chat     bidi stream

plain
  ping     unary
  add      unary
  nothing  unary
  header   unary
  fail     unary
  sleep    unary
`;

describe.concurrent("callwire list", () => {
  test("prints services and methods with shape and doc in aligned columns, without callwire's own", async () => {
    const { url } = await called();
    expect(await run(["list", url])).toEqual({ code: 0, stdout: OFFER, stderr: "" });
  });

  test("prints one service alone, and callwire's own with --all", async () => {
    const { url } = await called();
    const [one, all] = await Promise.all([run(["list", url, "demo.Greeter"]), run(["list", url, "--all"])]);
    expect(one.stdout).toBe(`${OFFER.split("\n\n")[0]?.replaceAll(/^( {2}\w+ *) {2}(?=\w+)/gmu, "$1")}\n`);
    expect(all.stdout).toMatch(/^callwire\.Introspection\n {2}services +unary +Lists/mu);
  });

  test("gives what the server told with --json", async () => {
    const { url } = await called();
    const { stdout } = await run(["list", url, "demo.Greeter", "--json"]);
    expect(JSON.parse(stdout)).toMatchObject([
      { name: "demo.Greeter", methods: [{ name: "hello", shape: "unary", input: { type: "object" } }, {}, {}, {}] },
    ]);
  });

  test("of a service that is not there exits with 1 and names those that are", async () => {
    const { url } = await called();
    const { code, stderr } = await run(["list", url, "nosuch"]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^not_found: .*"nosuch".*demo\.Greeter, plain/u);
  });
});

describe.concurrent("callwire describe", () => {
  test("prints shape, doc, and the JSON Schemas of a method", async () => {
    const { url } = await called();
    const { stdout } = await run(["describe", url, "demo.Greeter/ticks"]);
    expect(stdout).toMatch(
      /^demo\.Greeter\/ticks\n {2}shape {3}server stream\n {2}doc {5}Counts from 0\.\n {2}input {3}\{/u,
    );
    expect(stdout).toMatch(/^ {2}output {2}\{\n {12}"type": "number"\n {10}\}\n$/mu);
  });

  test("finds a method by any of its names, and tells the name of its answers", async () => {
    const { url } = await called();
    const names = ["ping", "plain.ping", "plain/ping"];
    for (const { stdout } of await Promise.all(names.map((name) => run(["describe", url, name]))))
      expect(stdout).toMatch(/^plain\/ping\n {2}shape {2}unary\n {2}out {4}pong\n/u);
  });

  test("describes all methods of a service, as JSON too", async () => {
    const { url } = await called();
    const [text, json] = await Promise.all([
      run(["describe", url, "demo.Greeter"]),
      run(["describe", url, "demo.Greeter/sum", "--json"]),
    ]);
    expect(text.stdout.match(/^\S+$/gmu)).toEqual(
      ["hello", "ticks", "sum", "chat"].map((name) => `demo.Greeter/${name}`),
    );
    expect(JSON.parse(json.stdout)).toMatchObject([
      { name: "demo.Greeter", methods: [{ name: "sum", shape: "clientStream", output: { type: "number" } }] },
    ]);
  });

  test("of a name that is not there exits with 1 and says where to look", async () => {
    const { url } = await called();
    const { code, stderr } = await run(["describe", url, "nosuch"]);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: `not_found: Nothing is named "nosuch": see callwire list ${url}.\n`,
    });
  });
});
