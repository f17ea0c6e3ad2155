import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { RpcError } from "../client.js";
import { addBench } from "./bench.js";
import { addCall } from "./call.js";
import { addDescribe } from "./describe.js";
import { addList } from "./list.js";
import { addServe } from "./serve.js";
import { harmless } from "./text.js";
import { UsageError } from "./usage-error.js";

// A reader that has gone (a pipe into head, a closed terminal) is no reason to crash.
process.stdout.on("error", () => {});
process.stderr.on("error", () => {});

const program = new Command("callwire")
  .description("Serves, calls, lists, describes and measures RPC services.")
  .version(versionOf(new URL("../../package.json", import.meta.url)), "-V, --version", "print the version")
  .helpOption("-h, --help", "print this help")
  .helpCommand("help [command]", "print the help of a command")
  .configureOutput({ outputError: (text, write) => write(sentence(text)) })
  .exitOverride();
for (const add of [addServe, addCall, addList, addDescribe, addBench]) add(program);
program.addHelpText(
  "after",
  `
Examples:
  callwire serve service.ts --listen tcp://127.0.0.1:8080
  callwire call frame://127.0.0.1:8080 ping '"hello"'
  callwire list frame://127.0.0.1:8080
  callwire bench frame://127.0.0.1:8080 ping '"hello"' -c 64 -d 5s`,
);

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = told(error);
}

/** Says what went wrong, once, and with which code the process is to exit. */
function told(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof RpcError) {
    console.error(`${error.code}: ${harmless(error.message)}`);
    return 1;
  }
  if (error instanceof UsageError) {
    console.error(error.message);
    return error.exitCode;
  }
  console.error(error);
  return 1;
}

/** Turns what commander says into a sentence that ends with what to do. */
function sentence(text: string): string {
  const said = text
    .trim()
    .replace(/^error: /u, "")
    .replaceAll(/'([^']*)'/gu, '"$1"')
    .replace(/\s*\((Did you mean .*\?)\)$/u, ". $1");
  const whole = said.charAt(0).toUpperCase() + said.slice(1).replace(/(?<![.?])$/u, ".");
  const asked = process.argv[2] ?? "";
  const command = program.commands.some((each) => each.name() === asked)
    ? `callwire ${asked} --help`
    : "callwire --help";
  return `${whole} See ${command}.\n`;
}

function versionOf(manifest: URL): string {
  // Our own package.json.
  return (JSON.parse(readFileSync(manifest, "utf8")) as { version: string }).version;
}
