import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { cleaningUp } from "./later.js";
import { run } from "./program.js";

cleaningUp();

const COMMANDS = ["serve", "call", "list", "describe", "bench"];

describe.concurrent("callwire", () => {
  test("--version prints the package's version", async () => {
    const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
    expect(await run(["--version"])).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" });
  });

  test("--help names every command and shows examples", async () => {
    const { code, stdout, stderr } = await run(["--help"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    for (const command of COMMANDS) expect(stdout).toMatch(new RegExp(`^ {2}${command} `, "mu"));
    expect(stdout).toMatch(/\nExamples:\n {2}callwire serve /u);
  });

  test.each(COMMANDS)("%s --help is a sentence, arguments, options, and examples at the end", async (command) => {
    const { code, stdout } = await run([command, "--help"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^Usage: callwire \w+ .*\n\n[A-Z][^]*?\.\n\nArguments:\n[^]*\nOptions:\n[^]*\nExamples:\n(?: {2}\S.*\n)+$/u,
    );
    expect((await run(["help", command])).stdout).toBe(stdout);
  });

  test("without a command prints the help to stderr and exits with 2", async () => {
    const { code, stdout, stderr } = await run([]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/^Usage: callwire/u);
  });

  test("an unknown command exits with 2 and a hint", async () => {
    const [near, far] = await Promise.all([run(["cal"]), run(["frobnicate"])]);
    expect(near).toEqual({
      code: 2,
      stdout: "",
      stderr: 'Unknown command "cal". Did you mean call? See callwire --help.\n',
    });
    expect(far).toEqual({ code: 2, stdout: "", stderr: 'Unknown command "frobnicate". See callwire --help.\n' });
  });
});
