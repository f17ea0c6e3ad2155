import { describe, expect, test } from "vitest";
import type { Service } from "../contract/service.js";
import { lateClient } from "./late-client.js";

const Late: Service = {
  name: "t.Late",
  methods: {
    one: { shape: "unary" },
    sum: { shape: "clientStream" },
    many: { shape: "serverStream" },
    chat: { shape: "bidi" },
  },
};

type Stream = AsyncIterableIterator<unknown, undefined, undefined>;

interface Client extends AsyncDisposable {
  one(input: unknown, options?: unknown): Promise<unknown>;
  sum(input: unknown): Promise<unknown>;
  many(input: unknown): Stream;
  chat(input: unknown): Stream;
}

interface Made {
  readonly client: Client;
  /** What the real client and the closing were asked for, in order. */
  readonly heard: unknown[];
  readonly arrive: () => void;
  readonly fail: (error: Error) => void;
}

function late(): Made {
  const heard: unknown[] = [];
  async function* stream(name: string, input: unknown): AsyncGenerator<unknown, undefined> {
    try {
      yield [name, input];
      yield "last";
    } finally {
      heard.push(`${name} left`);
    }
    return undefined;
  }
  const call = (name: string) => (input: unknown, options?: unknown) => {
    heard.push(options === undefined ? [name, input] : [name, input, options]);
    return name === "one" || name === "sum" ? Promise.resolve([name, input]) : stream(name, input);
  };
  const real = { one: call("one"), sum: call("sum"), many: call("many"), chat: call("chat") };
  let made: Pick<Made, "arrive" | "fail"> | undefined;
  const coming = new Promise<object>((resolve, reject) => {
    made = { arrive: () => resolve(real), fail: reject };
  });
  const close = (): Promise<void> => {
    heard.push("closed");
    return Promise.resolve();
  };
  // A client has a function for each method of its contract.
  const client = lateClient(Late, { client: coming, close }) as Client;
  return { client, heard, arrive: () => made?.arrive(), fail: (error) => made?.fail(error) };
}

describe("a late client", () => {
  test("makes the calls of before, in their order and with their options, when the client is there", async () => {
    const { client, heard, arrive } = late();
    const answers = [client.one(1, { timeoutMs: 5 }), client.sum([2])];
    const read = client.many(3);
    expect(heard).toEqual([]);
    arrive();
    expect(await Promise.all(answers)).toEqual([
      ["one", 1],
      ["sum", [2]],
    ]);
    expect(await read.next()).toEqual({ done: false, value: ["many", 3] });
    expect(heard).toEqual([
      ["one", 1, { timeoutMs: 5 }],
      ["sum", [2]],
      ["many", 3],
    ]);
  });

  test("makes calls at once from then on", async () => {
    const { client, heard, arrive } = late();
    arrive();
    await client.one(1);
    void client.one(2);
    void client.chat(3);
    expect(heard).toEqual([
      ["one", 1],
      ["one", 2],
      ["chat", 3],
    ]);
  });

  test("has streams that are read to their end, or left before it", async () => {
    const { client, heard, arrive } = late();
    const [whole, left, unread] = [client.many(1), client.chat(2), client.many(3)];
    arrive();
    const read: unknown[] = [];
    for await (const each of whole) read.push(each);
    expect(read).toEqual([["many", 1], "last"]);
    for await (const each of left) if (each !== undefined) break;
    expect(await unread.return?.()).toEqual({ done: true, value: undefined });
    expect(heard.slice(3)).toEqual(["many left", "chat left"]);
  });

  test("rejects every call with the reason where the client cannot be made", async () => {
    const { client, fail } = late();
    const [call, stream] = [client.one(1), client.many(1)];
    fail(new Error("no such library"));
    await expect(call).rejects.toThrow("no such library");
    await expect(stream.next()).rejects.toThrow("no such library");
    await expect(client.one(2)).rejects.toThrow("no such library");
    // Nobody waits for this one, and nothing is heard of it.
    client.chat(3);
  });

  test("is closed at once, there or not", async () => {
    const { client, heard } = late();
    await client[Symbol.asyncDispose]();
    expect(heard).toEqual(["closed"]);
  });
});
