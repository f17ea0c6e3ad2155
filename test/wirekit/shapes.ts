import { describe, expect, test } from "vitest";
import { OK } from "../../src/call/status.js";
import type { Carries } from "./carries.js";
import { all, arrange, callByHand, type Open, plainClient } from "./world.js";

/** Every shape of call, said at once and piece by piece. */
export function shapes(open: Open, carries: Carries): void {
  describe("Shapes", () => {
    test("A unary call is answered with what its method returns, at once or later.", async () => {
      const { client } = await arrange(open);
      expect(await client.echo({ deep: [1, "two", null, { three: false }] })).toEqual({
        deep: [1, "two", null, { three: false }],
      });
      expect(await client.later([0, "", false])).toEqual([0, "", false]);
      expect(await client.echo(null)).toBeNull();
      expect(await client.nothing()).toBeNull();
    });

    test("A call of a plain function passes its arguments by position, one that is an array too.", async () => {
      const { world } = await arrange(open);
      const calc = plainClient(world);
      expect(await calc.add(2, 3)).toBe(5);
      expect(await calc.join("only")).toBe("only");
      expect(await calc.join()).toBe("");
      expect(await calc.reverse([1, 2, 3])).toEqual([3, 2, 1]);
      expect(await calc.nothing()).toBeNull();
      expect(await calc.path()).toBe("plain/path");
    });

    test("A message and an end said one by one mean the same as both at once.", async () => {
      const { world } = await arrange(open);
      const [atOnce, whole] = callByHand(world, "kit.Kit/greet");
      atOnce.end(OK, { name: "Ada" });
      const [byParts, parts] = callByHand(world, "kit.Kit/greet");
      byParts.head([]);
      await parts.say(byParts, { name: "Ada" });
      byParts.end(OK);
      expect((await whole.over).code).toBe("ok");
      expect((await parts.over).code).toBe("ok");
      expect(whole.messages).toEqual(["hello Ada"]);
      expect(parts.messages).toEqual(["hello Ada"]);
    });

    test("Methods can be called by their bare name, with a dot and with a slash.", async () => {
      const { world } = await arrange(open);
      for (const path of ["greet", "kit.Kit.greet", "kit.Kit/greet"]) {
        const [request, reply] = callByHand(world, path);
        request.end(OK, { name: "Ada" });
        await reply.over;
        expect(reply.messages).toEqual(["hello Ada"]);
      }
    });

    if (!carries.streams) return;

    test("A server stream arrives whole and in order, 1,000 messages as well as none.", async () => {
      const { client } = await arrange(open);
      expect(await all(client.count({ to: 1000 }))).toEqual(Array.from({ length: 1000 }, (_, n) => n));
      expect(await all(client.count({ to: 1 }))).toEqual([0]);
      expect(await all(client.count({ to: 0 }))).toEqual([]);
      expect(await all(client.list([null, 0, "", [], {}]))).toEqual([null, 0, "", [], {}]);
    });

    test("A client stream arrives whole and in order, 1,000 messages as well as none.", async () => {
      const { client } = await arrange(open);
      expect(await client.sum(Array.from({ length: 1000 }, (_, n) => n))).toBe(499_500);
      expect(await client.sum([])).toBe(0);
      expect(await client.sum(later([1, 2, 3]))).toBe(6);
    });

    test("Both streams of a bidirectional call arrive whole and in order.", async () => {
      const { client } = await arrange(open);
      const numbers = Array.from({ length: 1000 }, (_, n) => n);
      expect(await all(client.double(numbers))).toEqual(numbers.map((n) => n * 2));
      expect(await all(client.double(later([1, 2])))).toEqual([2, 4]);
      expect(await all(client.double([]))).toEqual([]);
    });

    test("In a bidirectional call each message may wait for the answer to the one before.", async () => {
      const { client } = await arrange(open);
      let answered: (() => void) | undefined;
      async function* inTurn(): AsyncGenerator<number> {
        for (let n = 0; n < 20; n += 1) {
          const answer = new Promise<void>((resolve) => {
            answered = resolve;
          });
          yield n;
          await answer;
        }
      }
      const heard: number[] = [];
      for await (const n of client.double(inTurn())) {
        heard.push(n);
        answered?.();
      }
      expect(heard).toEqual(Array.from({ length: 20 }, (_, n) => n * 2));
    });

    test("In a bidirectional call the server may speak first, before the caller has said anything.", async () => {
      const { client } = await arrange(open);
      let greeted: (() => void) | undefined;
      const greeting = new Promise<void>((resolve) => {
        greeted = resolve;
      });
      async function* names(): AsyncGenerator<string> {
        await greeting;
        yield "Ada";
      }
      const heard: string[] = [];
      for await (const text of client.greetFirst(names())) {
        heard.push(text);
        greeted?.();
      }
      expect(heard).toEqual(["who is there?", "hello Ada", "goodbye"]);
    });

    test("The last message of a stream may come with its end.", async () => {
      const { world } = await arrange(open);
      for (const fused of [true, false]) {
        const [request, reply] = callByHand(world, "kit.Kit/double", { shape: "bidi" });
        await reply.say(request, 1);
        await reply.say(request, 2);
        if (fused) request.end(OK, 3);
        else {
          await reply.say(request, 3);
          request.end(OK);
        }
        expect((await reply.over).code).toBe("ok");
        expect(reply.messages).toEqual([2, 4, 6]);
        expect(reply.disorder).toEqual([]);
      }
    });
  });
}

async function* later<T>(items: readonly T[]): AsyncGenerator<T> {
  for (const item of items) {
    await new Promise(setImmediate);
    yield item;
  }
}
