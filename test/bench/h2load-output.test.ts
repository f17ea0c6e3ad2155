import { expect, test } from "vitest";
import { readH2load } from "../../bench/loads/h2load-output.js";

const BODY = 27;

/** What h2load 1.52 prints, with what the shell says of the time that it and its child have used. */
function printed(changes: Readonly<Record<string, string>> = {}): string {
  const text = [
    "finished in 2.00s, 15190.00 req/s, 861.02KB/s",
    "requests: 30380 total, 30396 started, 30380 done, 30380 succeeded, 0 failed, 0 errored, 0 timeout",
    "status codes: 30392 2xx, 0 3xx, 0 4xx, 0 5xx",
    "traffic: 1.68MB (1763372) total, 89.36KB (91504) headers (space savings 95.76%), 801.35KB (820584) data",
    "                     min         max         mean         sd        +/- sd",
    "time for request:      120us    137.01ms      1.04ms      4.97ms    97.71%",
    "0m0.000000s 0m0.000000s",
    "1m0.080000s 0m0.100000s",
    "",
  ].join("\n");
  return Object.entries(changes).reduce((changed, [from, to]) => changed.replace(from, to), text);
}

test("Calls, their rate, and the CPU time of h2load are read from what it prints.", () => {
  expect(readH2load(printed(), BODY)).toEqual({ calls: 30_380, callsPerSecond: 15_190, cpu: 60_180_000 });
});

test.each(["0 failed", "0 errored", "0 timeout", "0 3xx", "0 4xx", "0 5xx"])(
  "A run in which %s is one more than that fails.",
  (count) => {
    expect(() => readH2load(printed({ [count]: count.replace("0", "1") }), BODY)).toThrow("requests that failed");
  },
);

test("Answers without the message fail, as errors of gRPC are, which come with HTTP status 200.", () => {
  expect(() => readH2load(printed({ "801.35KB (820584)": "0B (0)" }), BODY)).toThrow("no answers of an echo");
});

test("A run without an answer has none, which is no failure: the time was too short.", () => {
  const none = { "30380 succeeded": "0 succeeded", "(820584)": "(0)" };
  expect(readH2load(printed(none), BODY)).toMatchObject({ calls: 0 });
});

test("What is cut short or not h2load's fails, and is shown.", () => {
  const whole = printed();
  for (let length = 0; length < whole.length - 3; length += 1) {
    expect(() => readH2load(whole.slice(0, length), BODY)).toThrow(/^h2load/u);
  }
  expect(() => readH2load("Segmentation fault", BODY)).toThrow("Segmentation fault");
});
