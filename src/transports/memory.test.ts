import { describe, expect, test } from "vitest";
import type { Connection } from "./connection.js";
import { memoryPair, type MemoryOptions } from "./memory.js";

/** An end, and everything that it was told. */
interface End {
  readonly connection: Connection;
  readonly told: string[];
}

function pair(options?: MemoryOptions): [End, End] {
  const [one, other] = memoryPair(options);
  return [started(one), started(other)];
}

function started(connection: Connection): End {
  const told: string[] = [];
  connection.start({
    data: (chunk) => told.push(new TextDecoder().decode(chunk)),
    end: () => told.push("(end)"),
    drain: () => told.push("(drain)"),
    close: (error) => told.push(error === undefined ? "(close)" : `(close: ${error.message})`),
  });
  return { connection, told };
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

async function turns(count = 10): Promise<void> {
  for (let n = 0; n < count; n += 1) await new Promise(setImmediate);
}

describe("A pair of connections in memory", () => {
  test("delivers what was written, as it was when it was written, in a later turn", async () => {
    const [one, other] = pair();
    const text = bytes("hello");
    expect(one.connection.write(text)).toBe(true);
    text.fill(0);
    expect(other.told).toEqual([]);
    await turns();
    expect(other.told).toEqual(["hello"]);
    expect(one.told).toEqual([]);
  });

  test("delivers in chunks of the size asked for", async () => {
    const [one, other] = pair({ chunkBytes: 2 });
    one.connection.write(bytes("hello"));
    one.connection.write(bytes("!"));
    await turns();
    expect(other.told).toEqual(["he", "ll", "o", "!"]);
  });

  test("delivers nothing while paused, not even in the middle of what was written", async () => {
    const [one, other] = memoryPair({ chunkBytes: 1 });
    const told: string[] = [];
    other.start({
      data: (chunk) => {
        told.push(new TextDecoder().decode(chunk));
        if (told.length === 2) other.pause();
      },
      end: () => told.push("(end)"),
      drain: () => {},
      close: () => {},
    });
    one.write(bytes("abcd"));
    one.end();
    await turns();
    expect(told).toEqual(["a", "b"]);
    other.resume();
    await turns();
    expect(told).toEqual(["a", "b", "c", "d", "(end)"]);
  });

  test("tells a writer that has filled the buffer when it has room again", async () => {
    const [one, other] = pair({ bufferBytes: 4 });
    other.connection.pause();
    expect(one.connection.write(bytes("abcd"))).toBe(true);
    expect(one.connection.write(bytes("ef"))).toBe(false);
    expect(one.connection.pending).toBe(2);
    await turns();
    expect(one.told).toEqual([]);
    other.connection.resume();
    await turns();
    expect(one.told).toEqual(["(drain)"]);
    expect(one.connection.pending).toBe(0);
  });

  test("closes in peace when both ends have ended, whichever was first", async () => {
    const [one, other] = pair();
    one.connection.write(bytes("last"));
    one.connection.end();
    await turns();
    expect(other.told).toEqual(["last", "(end)"]);
    other.connection.write(bytes("answer"));
    other.connection.end();
    await turns();
    expect(one.told).toEqual(["answer", "(end)", "(close)"]);
    expect(other.told).toEqual(["last", "(end)", "(close)"]);
  });

  test("tells both ends, once, when one of them is destroyed", async () => {
    const [one, other] = pair();
    one.connection.destroy(new Error("mine"));
    one.connection.destroy(new Error("again"));
    await turns();
    expect(one.told).toEqual(["(close: mine)"]);
    expect(other.told).toEqual(["(close: The peer reset the connection.)"]);
  });

  test("takes no more after its end", async () => {
    const [one, other] = pair();
    one.connection.end();
    expect(one.connection.write(bytes("late"))).toBe(true);
    await turns();
    expect(other.told).toEqual(["(end)"]);
  });
});
