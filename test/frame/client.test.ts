import {
  type Client,
  connect,
  type ConnectOptions,
  type FunctionsClient,
  RpcError,
  withOptions,
} from "callwire/client";
import { service, serverStream, clientStream, unary } from "callwire";
import { describe, expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { type RawPeer, rawServer } from "./raw-peer.js";

interface Functions {
  ping(text: string): string;
  add(a: number, b: number): number;
  echo(value: unknown): unknown;
  none(): unknown;
  [name: string]: (...args: never[]) => unknown;
}
type Request = { in: string; id: number; params: unknown; cancel?: boolean };

const hear = async (peer: RawPeer): Promise<Request> => (await peer.hear()) as Request;

/** Answers every request with its params, in order, and knows nothing of ids. */
async function plainly(peer: RawPeer): Promise<void> {
  for (;;) {
    const { in: name, params } = await hear(peer);
    peer.say({ out: name, result: params });
  }
}

function client(place: string, options: ConnectOptions = {}): FunctionsClient<Functions> {
  const made = connect<Functions>("", `frame://${place}`, options);
  onTestFinished(() => made[Symbol.asyncDispose]());
  return made;
}

async function failure(call: Promise<unknown>): Promise<RpcError> {
  const error: unknown = await call.then(
    (value) => {
      throw new Error(`The call was answered: ${JSON.stringify(value)}`);
    },
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(RpcError);
  return error as RpcError;
}

describe("the client, with a server that answers in order and echoes no ids", () => {
  test("gives every one of 64 calls in flight its own answer", async () => {
    const calc = client(await rawServer(plainly));
    const texts = Array.from({ length: 64 }, (_, i) => `text ${i}`);
    expect(await Promise.all(texts.map((text) => calc.ping(text)))).toEqual(texts);
    expect(await Promise.all(texts.map((text) => calc.ping(text)))).toEqual(texts);
  });

  test("gives thousands of calls their own answers, more than it keeps room for at first", async () => {
    const calc = client(await rawServer(plainly));
    const numbers = Array.from({ length: 3000 }, (_, i) => i);
    expect(await Promise.all(numbers.map((n) => calc.echo(n)))).toEqual(numbers);
  });

  test("writes requests as an article's server reads them", async () => {
    const heard: string[] = [];
    const place = await rawServer(async (peer) => {
      for (;;) {
        heard.push(await peer.text());
        peer.say({ out: "x", result: null });
      }
    });
    const calc = client(place);
    await calc.ping("x");
    await calc.add(2, 3);
    await calc.echo([1, 2]);
    await calc.none();
    await calc.echo(undefined);
    expect(heard).toEqual([
      '{"in":"ping","id":1,"params":"x"}',
      '{"in":"add","id":2,"params":[2,3]}',
      '{"in":"echo","id":3,"params":[[1,2]]}',
      '{"in":"none","id":4,"params":[]}',
      '{"in":"echo","id":5,"params":null}',
    ]);
  });

  test("keeps the place of a call that was cancelled, and sends no cancel that the server could not read", async () => {
    const heard: Request[] = [];
    const place = await rawServer(async (peer) => {
      heard.push(await hear(peer));
      peer.say({ out: "ping", result: "first" });
      for (let i = 0; i < 3; i += 1) heard.push(await hear(peer));
      abort.abort();
      heard.push(await hear(peer));
      for (const { in: name, params } of heard.slice(1)) peer.say({ out: name, result: params });
    });
    const abort = new AbortController();
    const calc = client(place);
    expect(await calc.ping("x")).toBe("first");
    const a = calc.ping("a");
    const b = withOptions(calc, { signal: abort.signal }).ping("b");
    const c = calc.ping("c");
    expect((await failure(b)).code).toBe("canceled");
    const d = calc.ping("d");
    expect(await Promise.all([a, c, d])).toEqual(["a", "c", "d"]);
    expect(heard.map(({ params }) => params)).toEqual(["x", "a", "b", "c", "d"]);
  });

  test("keeps the place of a call that took too long, from the first call on", async () => {
    const place = await rawServer(async (peer) => {
      const requests = [await hear(peer), await hear(peer), await hear(peer)];
      expect(requests.map(({ params }) => params)).toEqual(["slow", "b", "after"]);
      for (const { in: name, params } of requests) peer.say({ out: name, result: params });
    });
    const calc = client(place);
    const slow = withOptions(calc, { timeoutMs: 200 }).ping("slow");
    const b = calc.ping("b");
    expect((await failure(slow)).code).toBe("deadline_exceeded");
    const after = calc.ping("after");
    expect(await Promise.all([b, after])).toEqual(["b", "after"]);
  });

  test("a call whose input cannot be written takes no place", async () => {
    const calc = client(await rawServer(plainly));
    expect(await calc.ping("x")).toBe("x");
    const before = calc.ping("before");
    const wrong = [calc.echo(1n), calc.echo(() => 1), calc.echo({ toJSON: () => 1n })];
    const after = calc.ping("after");
    for (const call of wrong) expect((await failure(call)).code).toBe("invalid_argument");
    expect(await Promise.all([before, after])).toEqual(["before", "after"]);
  });

  test("an error ends the oldest call alone", async () => {
    const place = await rawServer(async (peer) => {
      for (let i = 0; i < 3; i += 1) {
        const { in: name, params } = await hear(peer);
        peer.say(params === "b" ? { out: "error", result: "no such thing" } : { out: name, result: params });
      }
    });
    const calc = client(place);
    const [a, b, c] = [calc.ping("a"), calc.ping("b"), calc.ping("c")] as const;
    expect(await failure(b)).toMatchObject({ code: "unknown", message: "no such thing" });
    expect(await Promise.all([a, c])).toEqual(["a", "c"]);
  });

  test("an answer over the limit costs its own call only", async () => {
    const place = await rawServer(async (peer) => {
      for (;;) {
        const { in: name, params } = await hear(peer);
        peer.say({ out: name, result: params === "b" ? "x".repeat(5000) : params });
      }
    });
    const calc = client(place, { maxMessageBytes: 1000 });
    expect(await calc.ping("first")).toBe("first");
    const [a, b, c] = [calc.ping("a"), calc.ping("b"), calc.ping("c")] as const;
    expect((await failure(b)).code).toBe("resource_exhausted");
    expect(await Promise.all([a, c])).toEqual(["a", "c"]);
  });
});

describe("the client, with a server that echoes ids", () => {
  test("takes answers in any order, and ignores ids that it does not know", async () => {
    const place = await rawServer(async (peer) => {
      const requests = [await hear(peer), await hear(peer), await hear(peer)];
      peer.say({ out: "ping", id: 999, result: "nobody's" }, { out: "ping", id: "1", result: "nobody's" });
      for (const { id, params } of requests.toReversed()) {
        peer.say({ id, result: params, out: "ping" }, { id, result: "too late", out: "ping" });
      }
    });
    const calc = client(place);
    const texts = ["a", "b", "c"];
    expect(await Promise.all(texts.map((text) => calc.ping(text)))).toEqual(texts);
  });

  test("speaks big-endian where it is told to", async () => {
    const calc = client(await rawServer(plainly, "big"), { byteOrder: "big" });
    expect(await calc.echo("é".repeat(1000))).toBe("é".repeat(1000));
  });

  test("cancels a call that its caller gives up", async () => {
    let heard: (request: Request) => void = () => {};
    const canceled = new Promise<Request>((resolve) => {
      heard = resolve;
    });
    const abort = new AbortController();
    const place = await rawServer(async (peer) => {
      const { id } = await hear(peer);
      peer.say({ out: "ping", id, result: "x" });
      await hear(peer);
      abort.abort();
      heard(await hear(peer));
    });
    const calc = client(place);
    await calc.ping("x");
    expect((await failure(withOptions(calc, { signal: abort.signal }).ping("y"))).code).toBe("canceled");
    expect(await canceled).toEqual({ id: 2, cancel: true });
  });

  test("sends the deadline and the headers, and nothing for a deadline without end", async () => {
    const calc = client(
      await rawServer(async (peer) => {
        for (;;) {
          const request = await hear(peer);
          peer.say({ out: request.in, id: request.id, result: request });
        }
      }),
    );
    const headers = { "x-a": "1" };
    expect(await withOptions(calc, { timeoutMs: 5000, headers }).echo(1)).toMatchObject({ timeout_ms: 5000, headers });
    const endless = await withOptions(calc, { timeoutMs: Number.POSITIVE_INFINITY }).echo(1);
    expect(endless).toEqual({ in: "echo", id: 2, params: 1 });
  });

  test("hears headers and trailers, and leaves alone what is none", async () => {
    const heard: [string, string][] = [];
    const place = await rawServer(async (peer) => {
      const first = await hear(peer);
      peer.say({ out: "echo", id: first.id, result: 1, headers: { A: "1" }, trailers: { b: ["2", "3"] } });
      for (const headers of [null, 5, "x", [], ["x"], { "a b": "c" }, { a: 5 }, { a: "€" }, { a: { b: "c" } }]) {
        const { id } = await hear(peer);
        peer.say({ out: "echo", id, result: 1, headers, trailers: headers });
      }
    });
    const calc = withOptions(client(place), {
      onHeader: (headers) => heard.push(...headers),
      onTrailer: (trailers) => heard.push(...trailers),
    });
    for (let i = 0; i < 10; i += 1) expect(await calc.echo(1)).toBe(1);
    expect(heard).toEqual([
      ["a", "1"],
      ["b", "2, 3"],
    ]);
  });

  test("null is an answer, a missing result is null, and an end without an answer is an error", async () => {
    const place = await rawServer(async (peer) => {
      for (const answer of [{ result: null }, {}, { done: true }, { out: "error" }]) {
        const { id } = await hear(peer);
        peer.say({ out: "echo", id, ...answer });
      }
    });
    const calc = client(place);
    expect(await calc.echo(1)).toBeNull();
    expect(await calc.echo(1)).toBeNull();
    expect((await failure(calc.echo(1))).code).toBe("internal");
    expect((await failure(calc.echo(1))).code).toBe("unknown");
  });

  test("a call of one answer that gets two is an error", async () => {
    const place = await rawServer(async (peer) => {
      const { id } = await hear(peer);
      peer.say({ out: "echo", id, result: 1, more: true }, { out: "echo", id, result: 2, more: true });
      await plainly(peer);
    });
    const calc = client(place);
    expect((await failure(calc.echo(1))).code).toBe("internal");
  });

  test("a call of one answer takes it from a stream of one", async () => {
    const place = await rawServer(async (peer) => {
      const { id } = await hear(peer);
      peer.say({ out: "echo", id, result: 1, more: true }, { out: "echo", id, done: true });
    });
    expect(await client(place).echo(1)).toBe(1);
  });

  test.each<[unknown, string, string]>([
    [{ code: "not_found", message: "No." }, "not_found", "No."],
    [{ code: "TEAPOT", message: "No." }, "unknown", "No."],
    [{ message: "No." }, "unknown", "No."],
    ["No.", "unknown", "No."],
    [{ error: "No." }, "unknown", '{"error":"No."}'],
    [null, "unknown", "null"],
    [42, "unknown", "42"],
  ])("the error %j of any server rejects as %s: %s", async (result, code, message) => {
    const place = await rawServer(async (peer) => {
      const { id } = await hear(peer);
      peer.say({ out: "error", id, result });
    });
    expect(await failure(client(place).ping("x"))).toMatchObject({ code, message });
  });

  test("an answer over the limit costs its own call only, where its id can be made out", async () => {
    const place = await rawServer(async (peer) => {
      for (;;) {
        const { id, in: name, params } = await hear(peer);
        peer.say({ out: name, id, result: params === "b" ? "x".repeat(5000) : params });
      }
    });
    const calc = client(place, { maxMessageBytes: 1000 });
    const [a, b, c] = [calc.ping("a"), calc.ping("b"), calc.ping("c")] as const;
    expect((await failure(b)).code).toBe("resource_exhausted");
    expect(await Promise.all([a, c])).toEqual(["a", "c"]);
  });
});

describe("the client, with a server that misbehaves", () => {
  const length = (n: number): Buffer => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(n);
    return bytes;
  };

  test.each<[what: string, misbehave: (peer: RawPeer) => void]>([
    ["answers text", (peer) => void peer.socket.write("HTTP/1.1 400 Bad Request\r\n\r\n")],
    ["answers no JSON", (peer) => peer.write(peer.packed("hello"))],
    ["answers a JSON number", (peer) => peer.write(peer.packed("5"))],
    ["answers null", (peer) => peer.write(peer.packed("null"))],
    ["answers no UTF-8", (peer) => peer.write(peer.packed(Uint8Array.of(0xff, 0xfe)))],
    ["answers an empty frame", (peer) => peer.write(length(0))],
    ["answers too deep", (peer) => peer.write(peer.packed(`${"[".repeat(200)}${"]".repeat(200)}`))],
    ["announces a frame without end", (peer) => peer.write(length(0xffff_ffff))],
    ["answers a frame too large, with no id", (peer) => peer.write(peer.packed("x".repeat(5_000_000)))],
    ["closes at once", (peer) => void peer.socket.end()],
    ["resets", (peer) => void peer.socket.resetAndDestroy()],
    [
      "closes within an answer",
      (peer) => {
        peer.write(peer.packed('{"out":"ping","id":1,"result":"x"}').subarray(0, 20));
        peer.socket.end();
      },
    ],
    [
      "resets within an answer",
      (peer) => {
        peer.write(length(1000));
        setImmediate(() => peer.socket.resetAndDestroy());
      },
    ],
  ])("%s: all open calls reject as unavailable, and the next ones get a new connection", async (_what, misbehave) => {
    const place = await rawServer(async (peer, index) => {
      if (index > 0) return await plainly(peer);
      await hear(peer);
      await hear(peer);
      misbehave(peer);
    });
    const calc = client(place);
    const errors = await Promise.all([failure(calc.ping("a")), failure(calc.ping("b"))]);
    for (const error of errors) {
      expect(error.code).toBe("unavailable");
      expect(error.message).not.toBe("");
    }
    expect(await calc.ping("again")).toBe("again");
  });

  test("garbage after an answer costs nothing that was answered before it", async () => {
    const place = await rawServer(async (peer, index) => {
      if (index > 0) return await plainly(peer);
      const { id } = await hear(peer);
      peer.write(peer.packed(JSON.stringify({ out: "ping", id, result: "good" })), peer.packed("garbage"));
    });
    const calc = client(place);
    expect(await calc.ping("x")).toBe("good");
    expect(await calc.ping("again")).toBe("again");
  });

  test("a server that closes after each answer is called on a new connection, at the latest when called again", async () => {
    const place = await rawServer(async (peer) => {
      const { in: name, params } = await hear(peer);
      peer.say({ out: name, result: params });
      peer.socket.end();
    });
    const calc = client(place);
    for (let i = 0; i < 5; i += 1) {
      // The goodbye may cross a request, which is then lost; that is known by the next.
      const answer = await calc.echo(i).catch((error: unknown) => error);
      if (answer instanceof RpcError) expect(answer.code).toBe("unavailable");
      expect(answer instanceof RpcError ? await calc.echo(i) : answer).toBe(i);
    }
  });

  test("a server that is not there rejects at once, with what to do", async () => {
    const gone = await rawServer(async () => {});
    const place = gone.replace(/:\d+$/u, ":1");
    const error = await failure(client(place).ping("x"));
    expect(error.code).toBe("unavailable");
    expect(error.message).toMatch(/Cannot connect to tcp:\/\/127\.0\.0\.1:1.*is the server running\?/u);
  });
});

describe("streams of the client", () => {
  const Streams = service("s", {
    count: serverStream({ input: z.number(), output: z.number() }),
    sum: clientStream({ input: z.number(), output: z.number() }),
    hello: unary({ input: z.string(), output: z.string() }),
  });

  function streams(place: string): Client<typeof Streams> {
    const made = connect(Streams, `frame://${place}`);
    onTestFinished(() => made[Symbol.asyncDispose]());
    return made;
  }

  test("from the server are read to their end", async () => {
    const place = await rawServer(async (peer) => {
      const { id } = await hear(peer);
      for (let i = 0; i < 3; i += 1) peer.say({ out: "count", id, result: i, more: true });
      peer.say({ out: "count", id, result: 3 });
    });
    const heard: number[] = [];
    for await (const n of streams(place).count(4)) heard.push(n);
    expect(heard).toEqual([0, 1, 2, 3]);
  });

  test("that are left early are cancelled at the server", async () => {
    let heard: (request: Request) => void = () => {};
    const canceled = new Promise<Request>((resolve) => {
      heard = resolve;
    });
    const place = await rawServer(async (peer) => {
      const { id } = await hear(peer);
      peer.say({ out: "count", id, result: 0, more: true });
      heard(await hear(peer));
    });
    for await (const n of streams(place).count(4)) {
      expect(n).toBe(0);
      break;
    }
    expect(await canceled).toEqual({ id: 1, cancel: true });
  });

  test("to the server are written as the grammar says", async () => {
    const heard: unknown[] = [];
    const place = await rawServer(async (peer) => {
      for (;;) {
        const request = await hear(peer);
        heard.push(request);
        if ("done" in request) peer.say({ out: "sum", id: request.id, result: 3 });
      }
    });
    expect(await streams(place).sum([1, 2])).toBe(3);
    // A stream may be opened by a frame without a message.
    const messages = heard.filter((request) => !("in" in (request as Request)) || "params" in (request as Request));
    expect(heard[0]).toMatchObject({ in: "s/sum", id: 1, more: true });
    expect(messages.map((request) => (request as Request).params)).toEqual([1, 2, undefined]);
    expect(heard.at(-1)).toEqual({ id: 1, done: true });
  });

  test("that break off reject, and no message before is lost", async () => {
    const place = await rawServer(async (peer) => {
      const { id } = await hear(peer);
      const error = { out: "error", id, result: { code: "aborted", message: "Enough." } };
      peer.say(...[0, 1, 2].map((result) => ({ out: "count", id, result, more: true })), error);
    });
    const heard: number[] = [];
    const read = async (): Promise<void> => {
      for await (const n of streams(place).count(4)) heard.push(n);
    };
    expect(await failure(read())).toMatchObject({ code: "aborted", message: "Enough." });
    expect(heard).toEqual([0, 1, 2]);
  });
});
