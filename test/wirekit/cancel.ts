import { describe, expect, test } from "vitest";
import { failure, OK } from "../../src/call/status.js";
import type { Carries } from "./carries.js";
import { all, arrange, callByHand, errorFrom, heardEnd, type Open, still } from "./world.js";

/** A deadline, and one for machines so busy that the method had not begun by the first. */
const TIMES_MS = [20, 2000] as const;

/** Calls that end before their time: by deadline, by their caller, by a loop that is left. */
export function cancel(open: Open, carries: Carries): void {
  const { streams } = carries;

  describe("Deadlines", () => {
    test("A call that takes too long ends as deadline_exceeded at both ends.", async () => {
      const { client, seen } = await arrange(open);
      // The time to connect is not what is tested.
      await client.echo(1);
      for (const timeoutMs of TIMES_MS) {
        const error = await errorFrom(client.hang({ key: "a" }, { timeoutMs }));
        expect(error.code).toBe("deadline_exceeded");
        expect(error.message).toContain("kit.Kit/hang");
        if (seen.count("a started") > 0) break;
      }
      await heardEnd(seen, "a aborted deadline_exceeded", carries);
    });

    test("The server ends a call by itself when its time is up.", async () => {
      const { world, seen } = await arrange(open);
      for (const [path, shape] of [
        ["hang", "unary"],
        ["hangStream", "serverStream"],
        ["hangInput", "clientStream"],
        ["hangBoth", "bidi"],
      ] as const) {
        if (!streams && shape !== "unary") continue;
        for (const timeoutMs of TIMES_MS) {
          const [request, reply] = callByHand(world, `kit.Kit/${path}`, { shape, timeoutMs });
          if (shape === "unary" || shape === "serverStream") request.end(OK, { key: path, first: 0 });
          else await reply.say(request, { key: path });
          expect((await reply.over).code).toBe("deadline_exceeded");
          expect(reply.disorder).toEqual([]);
          if (seen.count(`${path} started`) > 0) break;
        }
        const what = shape === "clientStream" ? "cut" : "aborted";
        await heardEnd(seen, `${path} ${what} deadline_exceeded`, carries);
      }
    });

    test("A method can see how much time is left.", async () => {
      const { client } = await arrange(open);
      const left = await client.timeLeft(undefined, { timeoutMs: 60_000 });
      expect(left).toBeGreaterThan(50_000);
      expect(left).toBeLessThanOrEqual(60_000);
      expect(await client.timeLeft()).toBeNull();
    });

    if (!streams) return;

    test("A stream that takes too long rejects after the messages that came in time.", async () => {
      const { client, seen } = await arrange(open);
      await all(client.count({ to: 1 }));
      const heard: number[] = [];
      const reading = (async () => {
        for await (const n of client.hangStream({ key: "a", first: 2 }, { timeoutMs: 50 })) heard.push(n);
      })();
      expect((await errorFrom(reading)).code).toBe("deadline_exceeded");
      // On a busy machine none may have come.
      expect(heard).toEqual([0, 1].slice(0, heard.length));
      await seen.heard("a finally");
    });
  });

  describe("Cancelling", () => {
    test("Aborting its signal cancels a unary call at both ends, though its request has ended.", async () => {
      const { client, seen } = await arrange(open);
      const controller = new AbortController();
      const answer = client.hang({ key: "a" }, { signal: controller.signal });
      await seen.heard("a started");
      controller.abort();
      expect((await errorFrom(answer)).code).toBe("canceled");
      await heardEnd(seen, "a aborted canceled", carries);
      expect(await client.echo("still here")).toBe("still here");
    });

    test("A call whose signal was aborted before is not made.", async () => {
      const { client, seen } = await arrange(open);
      expect((await errorFrom(client.hang({ key: "a" }, { signal: AbortSignal.abort() }))).code).toBe("canceled");
      expect((await errorFrom(client.hang({ key: "a" }, { timeoutMs: 0 }))).code).toBe("deadline_exceeded");
      if (streams) {
        const stream = client.hangStream({ key: "a", first: 1 }, { signal: AbortSignal.abort() });
        expect((await errorFrom(stream)).code).toBe("canceled");
      }
      await client.echo(1);
      expect(seen.count("a started")).toBe(0);
    });

    if (!streams) return;

    test("A stream whose signal is aborted is read no further, though all of it may have come.", async () => {
      const { client } = await arrange(open);
      const controller = new AbortController();
      const stream = client.count({ to: 10 }, { signal: controller.signal });
      expect(await stream.next()).toEqual({ done: false, value: 0 });
      // Another call, so that the rest has time to come.
      await client.echo(1);
      controller.abort();
      expect((await errorFrom(stream.next())).code).toBe("canceled");
      expect(await stream.next()).toEqual({ done: true, value: undefined });
    });

    test("Aborting its signal cancels a stream of answers: the reader hears it, the method cleans up.", async () => {
      const { client, seen } = await arrange(open);
      const controller = new AbortController();
      const stream = client.hangStream({ key: "a", first: 1 }, { signal: controller.signal });
      expect(await stream.next()).toEqual({ done: false, value: 0 });
      await seen.heard("a started");
      controller.abort();
      expect((await errorFrom(stream)).code).toBe("canceled");
      await heardEnd(seen, "a aborted canceled", carries);
      await seen.heard("a finally");
    });

    test("Aborting its signal cancels a call in the middle of its input, which is stopped.", async () => {
      const { client, seen } = await arrange(open);
      const controller = new AbortController();
      let stopped = false;
      const input = {
        count: 0,
        next(): Promise<IteratorResult<{ key: string }>> {
          this.count += 1;
          return this.count === 1 ? Promise.resolve({ done: false, value: { key: "a" } }) : new Promise(() => {});
        },
        return(): Promise<IteratorResult<{ key: string }>> {
          stopped = true;
          return Promise.resolve({ done: true, value: undefined });
        },
        [Symbol.asyncIterator]() {
          return this;
        },
      };
      const answer = client.hangInput(input, { signal: controller.signal });
      await seen.heard("a started");
      controller.abort();
      expect((await errorFrom(answer)).code).toBe("canceled");
      await heardEnd(seen, "a cut canceled", carries);
      expect(stopped).toBe(true);
    });

    test("Leaving a loop over a stream cancels it: the generator at the server runs its finally.", async () => {
      const { client, seen } = await arrange(open);
      for await (const n of client.hangStream({ key: "a", first: 3 })) if (n === 1) break;
      await seen.heard("a finally");
      expect(await all(client.count({ to: 2 }))).toEqual([0, 1]);
    });

    test("A call that has said everything can still be cancelled.", async () => {
      const { client, world, seen } = await arrange(open);
      const [request, reply] = callByHand(world, "kit.Kit/hangInput", { shape: "clientStream" });
      await reply.say(request, { key: "a" });
      request.end(OK);
      await seen.heard("a ended");
      request.end(failure("canceled", "Never mind."));
      await heardEnd(seen, "a aborted canceled", carries);
      expect(await client.echo(1)).toBe(1);
      expect(reply.disorder).toEqual([]);
    });

    test("An input that throws cancels the call, and the caller gets back what it threw.", async () => {
      const { client, seen } = await arrange(open);
      const mine = new Error("my own");
      async function* input(): AsyncGenerator<{ key: string }> {
        yield { key: "a" };
        await seen.heard("a started");
        throw mine;
      }
      await expect(client.hangInput(input())).rejects.toBe(mine);
      await heardEnd(seen, "a cut canceled", carries);
      async function* both(): AsyncGenerator<{ key: string }> {
        yield { key: "b" };
        await seen.heard("b started");
        throw mine;
      }
      await expect(all(client.hangBoth(both()))).rejects.toBe(mine);
      await heardEnd(seen, "b aborted canceled", carries);
    });
  });

  if (!streams) return;

  describe("Early ends", () => {
    test("A method that answers before its input is over stops the input.", async () => {
      const { client } = await arrange(open);
      const one = endless();
      expect(await client.first(one.numbers)).toBe(7);
      await one.stopped;
      const other = endless();
      expect(await all(client.firstOfMany(other.numbers))).toEqual([7]);
      await other.stopped;
      expect(await client.echo(1)).toBe(1);
    });

    test("A method that stops reading its input, and has not answered, does not hold up its caller.", async () => {
      const { client, seen } = await arrange(open);
      const controller = new AbortController();
      let sent = 0;
      async function* numbers(): AsyncGenerator<number> {
        for (; sent < 500; sent += 1) {
          yield 1;
          if (sent % 50 === 0) await new Promise(setImmediate);
        }
      }
      const answer = client.leave(numbers(), { signal: controller.signal });
      await seen.heard("left");
      while (sent < 500) await new Promise(setImmediate);
      // A reset that comes together with what was sent before it is read as a goodbye (libuv), which cancels nothing.
      await still(() => sent);
      controller.abort();
      expect((await errorFrom(answer)).code).toBe("canceled");
      await heardEnd(seen, "leave aborted canceled", carries);
    });
  });
}

/** Numbers that go on until somebody stops them. */
function endless(): { numbers: AsyncGenerator<number>; stopped: Promise<void> } {
  let stop: () => void;
  const stopped = new Promise<void>((resolve) => {
    stop = resolve;
  });
  async function* numbers(): AsyncGenerator<number> {
    try {
      for (;;) {
        yield 7;
        await new Promise(setImmediate);
      }
    } finally {
      stop();
    }
  }
  return { numbers: numbers(), stopped };
}
