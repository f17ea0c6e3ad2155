import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Inbox } from "./inbox.js";
import { RpcError } from "./rpc-error.js";

const error = new RpcError("aborted", "Torn.");

function inbox(): { box: Inbox<number>; told: string[] } {
  const told: string[] = [];
  const box = new Inbox<number>({ roomy: () => told.push("roomy"), abandoned: () => told.push("abandoned") });
  return { box, told };
}

async function rest(box: AsyncIterable<number>): Promise<number[]> {
  const items: number[] = [];
  for await (const item of box) items.push(item);
  return items;
}

describe("An inbox", () => {
  test("gives what was pushed, in order, whether the reader waits or the messages do", async () => {
    const { box } = inbox();
    const waiting = box.next();
    box.push(1);
    box.push(2);
    box.push(3);
    box.end();
    expect(await waiting).toEqual({ done: false, value: 1 });
    expect(await rest(box)).toEqual([2, 3]);
    expect(await box.next()).toEqual({ done: true, value: undefined });
  });

  test("says that it is full at 32 messages, and that there is room again when most are read", async () => {
    const { box, told } = inbox();
    for (let n = 1; n < 32; n += 1) expect(box.push(n)).toBe(true);
    expect(box.push(32)).toBe(false);
    expect(box.push(33)).toBe(false);
    for (let n = 1; n < 25; n += 1) await box.next();
    expect(told).toEqual([]);
    await box.next();
    expect(told).toEqual(["roomy"]);
    for (let n = 26; n <= 33; n += 1) await box.next();
    expect(told).toEqual(["roomy"]);
  });

  test("is never full for a reader who waits", async () => {
    const { box, told } = inbox();
    for (let n = 0; n < 100; n += 1) {
      const next = box.next();
      expect(box.push(n)).toBe(true);
      expect((await next).value).toBe(n);
    }
    expect(told).toEqual([]);
  });

  test("keeps the order of any pushes and reads, and does not grow with what has been read", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 40 }), async (steps) => {
        const { box } = inbox();
        let pushed = 0;
        let read = 0;
        for (const [index, step] of steps.entries()) {
          for (let n = 0; n < step; n += 1) {
            if (index % 2 === 0) box.push((pushed += 1));
            else if (read < pushed) expect((await box.next()).value).toBe((read += 1));
          }
        }
        box.end();
        expect(await rest(box)).toEqual(Array.from({ length: pushed - read }, (_, n) => read + n + 1));
      }),
    );
  });

  test("is compacted while a reader lags behind by a constant number for long", async () => {
    const { box } = inbox();
    for (let n = 0; n < 20; n += 1) box.push(n);
    for (let n = 20; n < 5000; n += 1) {
      box.push(n);
      expect((await box.next()).value).toBe(n - 20);
    }
    box.end();
    expect(await rest(box)).toHaveLength(20);
  });

  test("tells a cancellation at once, drops what is unread, and is then over", async () => {
    const { box } = inbox();
    box.push(1);
    box.end(error);
    await expect(box.next()).rejects.toBe(error);
    expect(await box.next()).toEqual({ done: true, value: undefined });
  });

  test("tells an error that came after messages after them", async () => {
    const { box } = inbox();
    box.push(1);
    box.end(error, true);
    expect(await box.next()).toEqual({ done: false, value: 1 });
    await expect(box.next()).rejects.toBe(error);
    expect(await box.next()).toEqual({ done: true, value: undefined });
  });

  test("tells an error to a reader who waits", async () => {
    const { box } = inbox();
    const waiting = box.next();
    box.end(error);
    await expect(waiting).rejects.toBe(error);
  });

  test("that has ended well may still be cut, once", async () => {
    const { box } = inbox();
    box.push(1);
    box.end();
    box.end(error);
    box.end(new RpcError("internal", "Later."));
    await expect(box.next()).rejects.toBe(error);
  });

  test("asks, once it has ended, whether what is unread is still to be read, until its reader has been told of the end", async () => {
    for (const unread of [[], [1, 2]]) {
      for (const after of [undefined, error]) {
        let why: RpcError | undefined;
        const gone = new RpcError("canceled", "Gone.");
        const box = new Inbox<number>({ roomy: () => {}, abandoned: () => {}, dropped: () => why });
        box.push(0);
        for (const n of unread) box.push(n);
        box.end(after, true);
        expect(await box.next()).toEqual({ done: false, value: 0 });
        why = gone;
        await expect(box.next()).rejects.toBe(gone);
        expect(await box.next()).toEqual({ done: true, value: undefined });
      }
    }
    const read = new Inbox<number>({ roomy: () => {}, abandoned: () => {}, dropped: () => error });
    const waiting = read.next();
    read.push(1);
    expect(await waiting).toEqual({ done: false, value: 1 });
    const last = read.next();
    read.end();
    expect([await last, await read.next()]).toEqual([
      { done: true, value: undefined },
      { done: true, value: undefined },
    ]);
  });

  test("drops what comes after its end", async () => {
    const { box } = inbox();
    box.end();
    expect(box.push(1)).toBe(true);
    expect(await rest(box)).toEqual([]);
  });

  test("that is left before its end tells its owner once, and nothing to its reader any more", async () => {
    const { box, told } = inbox();
    box.push(1);
    box.push(2);
    for await (const item of box) {
      expect(item).toBe(1);
      break;
    }
    expect(told).toEqual(["abandoned"]);
    expect(box.push(3)).toBe(true);
    box.end(error);
    expect(await box.next()).toEqual({ done: true, value: undefined });
    await box.return();
    expect(told).toEqual(["abandoned"]);
  });

  test("that is left after its end does not tell its owner", async () => {
    const { box, told } = inbox();
    box.push(1);
    box.end();
    await box.return();
    expect(await box.next()).toEqual({ done: true, value: undefined });
    expect(told).toEqual([]);
  });

  test("that is left while a read waits ends that read", async () => {
    const { box } = inbox();
    const waiting = box.next();
    await box.return();
    expect(await waiting).toEqual({ done: true, value: undefined });
  });

  test("refuses a second reader", async () => {
    const { box } = inbox();
    const waiting = box.next();
    await expect(box.next()).rejects.toThrow("A stream is read by one reader");
    box.push(1);
    expect((await waiting).value).toBe(1);
  });
});
