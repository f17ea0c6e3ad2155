import { expect, test } from "vitest";
import { NO_FIELDS } from "../../src/call/fields.js";
import type { CallHead, Sink } from "../../src/call/sink.js";
import { failure, OK, type Status } from "../../src/call/status.js";
import { frame } from "../../src/wires/frame/wire.js";
import type { Outlet } from "../../src/wires/wire.js";
import { framed, mutated, random, SEED } from "./mutations.js";

const INPUTS = Number(process.env["FUZZ_INPUTS"] ?? 1200);

/** What servers answer to the calls 1 to 4. */
const CONVERSATIONS: readonly (readonly unknown[])[] = [
  [
    { out: "pong", result: "x" },
    { out: "pong", result: "y" },
    { out: "error", result: "z" },
    { out: "pong", result: null },
  ],
  [
    { out: "pong", id: 2, result: "x" },
    { out: "error", id: 1, result: { code: "aborted", message: "é" } },
    { id: 4, done: true },
  ],
  [
    { out: "ticks", id: 3, result: 1, more: true, headers: { a: "b" } },
    { id: 3, result: 2, more: true },
    { id: 3, done: true, trailers: { c: ["d"] } },
  ],
  [
    { out: "pong", id: 1, result: "x".repeat(3000) },
    { out: "pong", id: 2, result: "x".repeat(300) },
  ],
];

/** A caller who counts how often its call has ended, and asks now and then to be spared. */
class Listener implements Sink {
  readonly ends: Status[] = [];
  readonly #full: () => boolean;

  constructor(full: () => boolean) {
    this.#full = full;
  }

  head(): void {
    if (this.ends.length > 0) throw new Error("There were headers after the end.");
  }

  message(): boolean {
    if (this.ends.length > 0) throw new Error("There was a message after the end.");
    return !this.#full();
  }

  end(status: Status): void {
    this.ends.push(status);
  }

  drain(): void {}
}

function headOf(path: string): CallHead {
  const peer = { address: "memory://" };
  return { path, codec: "value", timeoutMs: undefined, fields: NO_FIELDS, peer, positional: false };
}

test(`whatever a server answers, in ${INPUTS} mutations (FUZZ_SEED=${SEED}), every call ends once and nothing throws`, () => {
  const pick = random(SEED);
  const seeds = CONVERSATIONS.map((conversation) => framed(conversation, false));
  for (let input = 0; input < INPUTS; input += 1) {
    let failed = false;
    const outlet: Outlet = {
      full: false,
      wrote() {},
      pause() {},
      resume() {},
      leave() {},
      cut() {},
      become() {},
      fail() {
        failed = true;
      },
    };
    const limits = {
      maxMessageBytes: 2048,
      maxHeaderBytes: 256,
      maxDepth: 20,
      maxConcurrentCalls: 10,
      requestTimeoutMs: 60_000,
    };
    const session = frame.client(outlet, { limits, peer: { address: "memory://" } });
    const listeners = Array.from({ length: 4 }, () => new Listener(() => pick(3) === 0));
    const requests = listeners.map((listener) => {
      const request = session.dispatch(headOf("ping"), listener);
      request.end(OK, "x");
      return request;
    });
    const bytes = mutated(seeds, pick);
    const cut = pick(bytes.length + 1);
    session.receive(bytes.subarray(0, cut));
    const canceled = pick(12);
    requests[canceled]?.end(failure("canceled", "Enough."));
    session.receive(bytes.subarray(cut));
    for (const request of requests) request.drain();
    session.gather();
    const open = listeners.filter(({ ends }) => ends.length === 0).length;
    expect(session.open, `open calls after input ${input}`).toBeLessThanOrEqual(open);
    if (failed) expect(session.open).toBe(0);
    if (pick(2) === 0) session.finish();
    session.lost(failure("unavailable", "The connection was lost."));
    expect(session.open).toBe(0);
    for (const [index, { ends }] of listeners.entries()) {
      expect(ends.length, `ends of call ${index} after input ${input}`).toBeLessThanOrEqual(1);
      if (index !== canceled) expect(ends.length, `ends of call ${index} after input ${input}`).toBe(1);
    }
    session.output.release();
  }
});
