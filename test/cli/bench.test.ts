import { describe, expect, test } from "vitest";
import { Load } from "../../src/cli/load.js";
import { cleaningUp } from "./later.js";
import { plainServer } from "./plain-server.js";
import { Program, run } from "./program.js";
import { called } from "./served.js";

cleaningUp();

const SHORT = ["-d", "100ms", "--warmup", "20ms"];

describe("callwire bench", () => {
  test("prints calls, calls/s, errors and percentiles in a table", async () => {
    const { url } = await called();
    const { code, stdout } = await run(["bench", url, "ping", '"x"', "-c", "8", ...SHORT]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^calls {4}[1-9]\d* in 0\.10 s\ncalls\/s {2}[1-9]\d*\nerrors {3}0\nmean/u);
    expect(stdout.match(/^\S+(?= +[\d.]+ (?:µs|ms|s)$)/gmu)).toEqual(["mean", "p50", "p90", "p99", "p99.9", "max"]);
  });

  test("prints the same as JSON with -o json", async () => {
    const { url } = await called();
    const { stdout } = await run(["bench", url, "add", "[2,3]", "--connections", "3", "-o", "json", ...SHORT]);
    const shown = JSON.parse(stdout);
    expect(shown).toMatchObject({ url, method: "add", concurrency: 64, connections: 3, elapsedMs: 100, errors: {} });
    expect(Object.keys(shown.latencyMicros)).toEqual(["mean", "p50", "p90", "p99", "p99.9", "max"]);
    expect(shown.callsPerSecond).toBeCloseTo(shown.calls * 10, -2);
  });

  test("makes so many calls a second with --rate", async () => {
    const { url } = await called();
    const { stdout } = await run([
      "bench",
      url,
      "ping",
      "1",
      "--rate",
      "100",
      "-d",
      "500ms",
      "--warmup",
      "0",
      "-o",
      "json",
    ]);
    const { calls, unanswered } = JSON.parse(stdout);
    // Fewer where the machine is busy, and never more.
    expect(calls + unanswered).toBeGreaterThanOrEqual(25);
    expect(calls).toBeLessThanOrEqual(50);
  });

  test("counts whole streams of a method that answers with one", async () => {
    const { url } = await called();
    const { code, stdout } = await run([
      "bench",
      url,
      "demo.Greeter/ticks",
      '{"count":3}',
      "-c",
      "2",
      "-o",
      "json",
      ...SHORT,
    ]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout).errors).toEqual({});
  });

  test("counts errors by code, and exits with 1 when no call succeeded", async () => {
    const { url } = await called();
    const { code, stdout } = await run(["bench", url, "fail", '"no"', "-c", "2", ...SHORT]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^calls {4}0 in .*\ncalls\/s {2}0\nerrors {3}([1-9]\d*) {2}not_found \1\n$/u);
  });

  test("measures a server that knows no ids", async () => {
    const { url } = await plainServer();
    const { code, stdout } = await run(["bench", url, "ping", "1", "-c", "4", ...SHORT]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^errors {3}0$/mu);
  });

  test("does not begin where the server cannot be reached", async () => {
    const { code, stdout, stderr } = await run(["bench", "frame://127.0.0.1:1", "ping"]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/^unavailable: Cannot connect/u);
  });

  test("Ctrl-C ends it early, with what has been measured, and exits with 130", async () => {
    const { url, until } = await called();
    const program = new Program(["bench", url, "sleep", "-c", "1", "--timeout", "20ms", "--warmup", "0", "-d", "60s"]);
    // The first is to see what the method answers with.
    await until("canceled", 3);
    program.child.kill("SIGINT");
    const { code, stdout } = await program.ended;
    expect(code).toBe(130);
    expect(stdout).toMatch(/^errors {3}[1-9]\d* {2}deadline_exceeded/mu);
  });

  test("Ctrl-C before there is anything to show exits with 130", async () => {
    const { url, until } = await called();
    const program = new Program(["bench", url, "sleep"]);
    await until("asleep");
    program.child.kill("SIGINT");
    expect(await program.ended).toEqual({ code: 130, stdout: "", stderr: "" });
  });

  test.each([
    [["-c", "0"], /"0".*whole number/u],
    [["-d", "x"], /"x".*500ms/u],
    [["--rate", "1.5"], /"1\.5".*whole number/u],
    [["-o", "xml"], /"xml".*text, json/u],
  ] as const)("wrong usage %j exits with 2", async (args, sentence) => {
    const { code, stderr } = await run(["bench", "frame://127.0.0.1:1", "ping", ...args]);
    expect(code).toBe(2);
    expect(stderr).toMatch(sentence);
  });
});

describe("Load", () => {
  const quick = {
    concurrency: 4,
    durationMs: 200,
    warmupMs: 0,
    graceMs: 100,
    rate: undefined,
    signal: new AbortController().signal,
  };

  test("an open loop measures from when a call was due, so that a stall shows in all that it held up", async () => {
    let stalled: Promise<void> | undefined;
    const call = (): Promise<void> =>
      (stalled ??= new Promise((resolve) => {
        setTimeout(resolve, 100);
      }));
    const { latencies, calls } = await new Load({ ...quick, call, concurrency: 1, rate: 200 }).run();
    expect(calls).toBeGreaterThan(20);
    // Of 40 calls, those due in the first half waited for the stall, 50 ms on average.
    expect(latencies.percentile(75)).toBeGreaterThan(20_000);
  });

  test("calls that nobody answers are told apart", async () => {
    const call = (): Promise<void> => new Promise(() => {});
    const { calls, unanswered } = await new Load({ ...quick, call, durationMs: 10 }).run();
    expect({ calls, unanswered }).toEqual({ calls: 0, unanswered: 4 });
  });

  test("in an open loop, calls that could not be sent in time are unanswered, and their wait is measured", async () => {
    const call = (): Promise<void> => new Promise(() => {});
    const { latencies, unanswered } = await new Load({ ...quick, call, rate: 100 }).run();
    expect(unanswered).toBe(20);
    expect(latencies.count).toBe(20);
    expect(latencies.percentile(50)).toBeGreaterThan(100_000);
  });
});
