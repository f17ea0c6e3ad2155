import { type Command, Option } from "commander";
import { RpcError } from "../client.js";
import type { CallOptions } from "../contract/call.js";
import type { Histogram } from "../observe/histogram.js";
import { type AnyMethod, anyMethod } from "./any-method.js";
import { findMethod } from "./find-method.js";
import { oneOf } from "./input.js";
import { interruptible } from "./interruptible.js";
import { Load, type LoadResult } from "./load.js";
import { columns } from "./text.js";
import { milliseconds, readable, wholeNumber } from "./units.js";
import { addWireOptions, connectOptions, type WireFlags } from "./wire-options.js";

interface BenchFlags extends WireFlags {
  readonly concurrency: number;
  readonly connections?: number;
  readonly duration: number;
  readonly warmup: number;
  readonly rate?: number;
  readonly output: "text" | "json";
}

/** After the end, calls in flight may be answered for so long. */
const GRACE_MS = 1000;
const PERCENTILES: readonly number[] = [50, 90, 99, 99.9];

const CONNECTIONS =
  "connections to spread them over; streams have one each (default: 1; over HTTP/1.1 one a call in flight)";

/** Adds `callwire bench`: load on one method. */
export function addBench(program: Command): void {
  const command = program
    .command("bench")
    .summary("measure a method under load")
    .description("Calls a method again and again, and prints calls a second, latencies and errors.")
    .argument("<url>", "where the server is, such as frame://127.0.0.1:8080")
    .argument("<method>", "method, service.method or service/method")
    .argument("[json]", "the input: JSON, @FILE, or - for stdin")
    .option("-c, --concurrency <n>", "calls in flight; with --rate, at the most", wholeNumber, 64)
    .option("--connections <n>", CONNECTIONS, wholeNumber)
    .option("-d, --duration <time>", "how long to measure", milliseconds, 5000)
    .option("--warmup <time>", "how long to call before that, uncounted; 0 for not at all", warmup, 1000)
    .option("--rate <n>", "calls a second, evenly spaced, whether or not others have been answered", wholeNumber)
    .addOption(new Option("-o, --output <format>", "how to print").choices(["text", "json"]).default("text"));
  addWireOptions(command)
    .addHelpText(
      "after",
      `
Without --rate the loop is closed: each answer is followed by the next call. With --rate it is open: a latency begins when the call
was due, so that a server which stalls cannot hide it. Times are in milliseconds, or with a unit. Exits with 1 if no call succeeded.

Examples:
  callwire bench frame://127.0.0.1:8080 ping '"hello"' -c 64 -d 5s
  callwire bench frame://127.0.0.1:8080 ping '"hello"' --rate 2000 --connections 4
  callwire bench frame://127.0.0.1:8080 add '[2, 3]' -d 10s -o json`,
    )
    .action(() => bench(command));
}

async function bench(command: Command): Promise<void> {
  const [url = "", method = "", json] = command.args;
  const flags = command.opts<BenchFlags>();
  const { concurrency, rate } = flags;
  const connections = flags.connections ?? (sharesNothing(url) ? concurrency : 1);
  await interruptible(async ({ signal }) => {
    const make = await findMethod(url, method, { flags, signal });
    const result = await loaded(() => make({ ...connectOptions(flags), connections }), {
      input: await oneOf(json),
      flags,
      signal,
    });
    const shown = { url, method, concurrency, connections, rate };
    console.log(
      flags.output === "json" ? JSON.stringify({ ...shown, ...summary(result) }, undefined, 2) : table(result),
    );
    if (result.calls === 0) process.exitCode ??= 1;
  });
}

/** Says whether each connection carries one call at a time. Throws a UsageError for a URL that cannot be called. */
function sharesNothing(url: string): boolean {
  return anyMethod({ url, method: "any", options: {} }).separate;
}

async function loaded(
  make: () => AnyMethod,
  { input, flags, signal }: { input: unknown; flags: BenchFlags; signal: AbortSignal },
): Promise<LoadResult> {
  const { concurrency, duration: durationMs, warmup: warmupMs, rate } = flags;
  const own: CallOptions = { headers: flags.header, timeoutMs: flags.timeout };
  const streams = await answersWithStream(make, input, { ...own, signal });
  const client = make();
  const call = streams ? () => drained(client, input, own) : () => client.unary(input, own);
  const load = new Load({ call, concurrency, durationMs, warmupMs, graceMs: GRACE_MS, rate, signal });
  const hide = showProgress(load, durationMs + warmupMs);
  try {
    return await load.run();
  } finally {
    hide();
    await client[Symbol.asyncDispose]();
  }
}

/**
 * Makes one call on a connection of its own, to see that there is a server, and what the method answers with: true for other than one
 * message. Rejects where the server cannot be reached; errors of the method are what the load will count.
 */
async function answersWithStream(make: () => AnyMethod, input: unknown, options: CallOptions): Promise<boolean> {
  const client = make();
  if (client.unaryOnly) return false;
  let messages = 0;
  try {
    for await (const _message of client.stream(input, options)) {
      messages += 1;
      if (messages > 1) break;
    }
    return messages !== 1;
  } catch (error) {
    if (error instanceof RpcError && error.code !== "unavailable" && options.signal?.aborted !== true) return false;
    throw error;
  } finally {
    await client[Symbol.asyncDispose]();
  }
}

async function drained(client: AnyMethod, input: unknown, options: CallOptions): Promise<void> {
  for await (const _message of client.stream(input, options));
}

/** Keeps a line on a terminal's stderr up to date; returns what takes it away. */
function showProgress(load: Load, totalMs: number): () => void {
  const { stderr } = process;
  if (!stderr.isTTY) return () => {};
  const started = performance.now();
  const interval = setInterval(() => {
    const seconds = (performance.now() - started) / 1000;
    stderr.write(`\r\u001b[K${seconds.toFixed(0)} of ${(totalMs / 1000).toFixed(0)} s, ${load.calls} calls`);
  }, 250);
  return () => {
    clearInterval(interval);
    stderr.write("\r\u001b[K");
  };
}

function summary({ calls, latencies, errors, unanswered, elapsedMs }: LoadResult): Readonly<Record<string, unknown>> {
  const tenths = (amount: number): number => Math.round(amount * 10) / 10;
  return {
    elapsedMs: Math.round(elapsedMs),
    calls,
    callsPerSecond: tenths(perSecond(calls, elapsedMs)),
    errors: Object.fromEntries(errors),
    unanswered,
    latencyMicros: {
      mean: tenths(latencies.mean),
      ...Object.fromEntries(PERCENTILES.map((p) => [`p${p}`, tenths(latencies.percentile(p))])),
      max: tenths(latencies.max),
    },
  };
}

function table({ calls, latencies, errors, unanswered, elapsedMs }: LoadResult): string {
  const failed = [...errors.values()].reduce((sum, count) => sum + count, 0);
  return columns([
    ["calls", `${calls} in ${(elapsedMs / 1000).toFixed(2)} s`],
    ["calls/s", perSecond(calls, elapsedMs).toFixed(0)],
    ["errors", [String(failed), ...[...errors].map(([code, count]) => `${code} ${count}`)].join("  ")],
    ...(unanswered === 0 ? [] : [["unanswered", String(unanswered)]]),
    ...(latencies.count === 0 ? [] : latencyRows(latencies)),
  ]);
}

function latencyRows(latencies: Histogram): readonly (readonly [string, string])[] {
  return [
    ["mean", readable(latencies.mean)],
    ...PERCENTILES.map((p) => [`p${p}`, readable(latencies.percentile(p))] as const),
    ["max", readable(latencies.max)],
  ];
}

function perSecond(calls: number, elapsedMs: number): number {
  return elapsedMs === 0 ? 0 : (calls * 1000) / elapsedMs;
}

function warmup(text: string): number {
  return /^0(?:ms|s|m)?$/u.test(text) ? 0 : milliseconds(text);
}
