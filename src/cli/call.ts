import type { Command } from "commander";
import type { CallOptions } from "../contract/call.js";
import { RpcError } from "../client.js";
import type { AnyMethod } from "./any-method.js";
import { findMethod } from "./find-method.js";
import { inputOf } from "./input.js";
import { interruptible } from "./interruptible.js";
import { harmless } from "./text.js";
import { readable } from "./units.js";
import { addWireOptions, connectOptions, type WireFlags } from "./wire-options.js";

interface CallFlags extends WireFlags {
  readonly stream?: true;
  readonly verbose?: true;
}

/** Adds `callwire call`: one call over any wire. */
export function addCall(program: Command): void {
  const command = program
    .command("call")
    .summary("call a method")
    .description("Calls a method and prints its answer as JSON, a line a message.")
    .argument("<url>", "where the server is, such as frame://127.0.0.1:8080 or frame+unix:///run/app.sock")
    .argument("<method>", "method, service.method or service/method")
    .argument(
      "[json]",
      "the input: JSON, @FILE, or - for stdin; several JSON texts in a file or on stdin are a stream",
    );
  addWireOptions(command)
    .option("--stream", "send a stream: an array's elements, or each JSON text of a file or of stdin as it comes")
    .option("-v, --verbose", "show headers, trailers, timing and an error's details on stderr")
    .addHelpText("after", EXAMPLES)
    .action(() => call(command));
}

const EXAMPLES = `
An array is the list of arguments for a plain function, and the one input for a method of a contract. A gRPC server is asked by reflection what a
method takes, unless --proto says it; inputs and answers are JSON then too, and an array for a method that takes a stream is its messages.
Exits with 0, with 1 for an error answer (code: message on stderr), or with 2 for wrong usage.

Examples:
  callwire call frame://127.0.0.1:8080 ping '"hello"'
  callwire call frame://127.0.0.1:8080 add '[2, 3]'
  callwire call frame://127.0.0.1:8080 demo.Greeter/ticks '{"count": 3}' --timeout 5s
  callwire call frame://127.0.0.1:8080 demo.Greeter/sum --stream '[1, 2, 3]'
  printf '1\\n2\\n3\\n' | callwire call frame://127.0.0.1:8080 demo.Greeter/sum -
  callwire call frame://127.0.0.1:8080 demo.Greeter/hello @input.json -H 'x-user: ada'
  callwire call grpc://127.0.0.1:8080 echo.v1.EchoService/Echo '{"text": "hi"}'
  callwire call grpc://127.0.0.1:8080 echo.v1.EchoService/Echo '{"text": "hi"}' --proto echo.proto`;

async function call(command: Command): Promise<void> {
  const [url = "", method = "", json] = command.args;
  const flags = command.opts<CallFlags>();
  await interruptible(async (stop) => {
    process.stdout.once("error", () => stop.abort());
    // A stream that has been answered needs no more input, and what is to be read would hold the process.
    stop.signal.addEventListener("abort", () => process.stdin.destroy());
    const target = (await findMethod(url, method, { flags, signal: stop.signal }))(connectOptions(flags));
    try {
      await answersTo(target, { json, flags, signal: stop.signal });
    } finally {
      process.stdin.destroy();
      await target[Symbol.asyncDispose]();
    }
  });
}

/** Makes the call, and prints each message of its answer when it has come. */
async function answersTo(
  target: AnyMethod,
  { json, flags, signal }: { json: string | undefined; flags: CallFlags; signal: AbortSignal },
): Promise<void> {
  const input = await inputOf(json, flags.stream === true || target.streamsIn === true);
  if (signal.aborted) return;
  const tell = flags.verbose === true ? (line: string): void => void process.stderr.write(`${line}\n`) : undefined;
  const started = performance.now();
  const since = (): string => readable((performance.now() - started) * 1000);
  const options: CallOptions = {
    signal,
    headers: flags.header,
    timeoutMs: flags.timeout,
    onHeader: (headers) => tell?.(`headers after ${since()}:${listed(headers)}`),
    onTrailer: (trailers) => tell?.(`trailers after ${since()}:${listed(trailers)}`),
  };
  const answers =
    "many" in input
      ? target.bidi(input.many, options)
      : target.unaryOnly
        ? only(target.unary(input.one, options))
        : target.stream(input.one, options);
  let count = 0;
  try {
    for await (const answer of answers) {
      count += 1;
      const shown = target.shown === undefined ? answer : target.shown(answer);
      await printed(`${JSON.stringify(shown, plain)}\n`);
    }
  } catch (error) {
    if (error instanceof RpcError && tell !== undefined)
      for (const each of error.details) tell(`detail: ${detail(target, each)}`);
    throw error;
  } finally {
    tell?.(`${count} ${count === 1 ? "message" : "messages"} in ${since()}`);
  }
}

/** A detail of an error as JSON, on one line. */
function detail(target: AnyMethod, value: unknown): string {
  return harmless(JSON.stringify(target.shownDetail === undefined ? value : target.shownDetail(value), plain) ?? "");
}

async function* only(answer: Promise<unknown>): AsyncGenerator<unknown, void, undefined> {
  yield await answer;
}

function listed(headers: Headers): string {
  return [...headers].map(([name, value]) => `\n  ${name}: ${harmless(value)}`).join("");
}

/** Shows what JSON has no form for: bytes as base64, large integers as their digits. */
function plain(_key: string, value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  return typeof value === "bigint" ? value.toString() : value;
}

/** Writes to stdout; a reader that is slower than the server holds up the server. */
async function printed(text: string): Promise<void> {
  if (process.stdout.write(text) || process.stdout.destroyed) return;
  await new Promise<void>((resolve) => {
    process.stdout.once("drain", resolve).once("error", () => resolve());
  });
}
