import { describe, expect, test } from "vitest";
import type { Carries } from "./carries.js";
import { arrange, errorFrom, heardEnd, type Open } from "./world.js";

/** The way is cut in the middle of calls. */
export function loss(open: Open, carries: Carries, { interleaved }: { readonly interleaved: boolean }): void {
  describe("Loss", () => {
    test.runIf(interleaved)(
      "When the way is lost every open call ends as unavailable, and every method's signal aborts.",
      async () => {
        const { client, world, seen } = await arrange(open);
        // Each may have a connection of its own, and end in a turn of its own.
        const errors = [errorFrom(client.hang({ key: "a" })), errorFrom(client.hang({ key: "b" }))];
        await Promise.all([seen.heard("a started"), seen.heard("b started")]);
        world.sever?.();
        for (const error of await Promise.all(errors)) expect(error.code).toBe("unavailable");
        await heardEnd(seen, "a aborted unavailable", carries);
        await heardEnd(seen, "b aborted unavailable", carries);
      },
    );

    if (!carries.streams) return;

    test("A stream of answers that is lost ends with an error, not as if it were complete.", async () => {
      const { client, world, seen } = await arrange(open);
      const stream = client.hangStream({ key: "a", first: 2 });
      expect([await stream.next(), await stream.next()].map(({ value }) => value)).toEqual([0, 1]);
      await seen.heard("a started");
      world.sever?.();
      expect((await errorFrom(stream)).code).toBe("unavailable");
      await seen.heard("a finally");
    });

    test("A stream of input that is lost ends with an error, and its sender is stopped.", async () => {
      const { client, world, seen } = await arrange(open);
      let stop: (() => void) | undefined;
      const stopped = new Promise<void>((resolve) => {
        stop = resolve;
      });
      async function* input(): AsyncGenerator<{ key: string }> {
        try {
          for (;;) {
            yield { key: "a" };
            // Slowly: a method that has been sent more than it reads hears of a loss only when it reads on.
            await new Promise((resolve) => setTimeout(resolve, 5));
          }
        } finally {
          stop?.();
        }
      }
      const answer = client.hangInput(input());
      await seen.heard("a started");
      world.sever?.();
      expect((await errorFrom(answer)).code).toBe("unavailable");
      await heardEnd(seen, "a cut unavailable", carries);
      expect(seen.count("a ended")).toBe(0);
      await stopped;
    });
  });
}
