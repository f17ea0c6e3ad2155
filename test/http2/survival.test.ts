import { createServer } from "node:net";
import { once } from "node:events";
import { connect, type ConnectOptions, withOptions } from "callwire/client";
import { implement, serve, type ServeOptions, type Server } from "callwire";
import { afterEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { EchoService } from "../../examples/quickstart/gen/echo_pb.js";
import { FLAG, FRAME } from "../../src/transports/http2/frame.js";
import { frame, type RawHttp2, reset, settings, windowUpdate } from "./raw-http2.js";
import { answering, goodbye, HELLO, isPing, nextCall, outcome, rawGrpc } from "./raw-grpc.js";

afterEach(() => {
  vi.useRealTimers();
});

/** Time that passes when told to; everything but what is told in ticks goes on. */
function ticking(): (ms: number) => void {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  return (ms) => void vi.advanceTimersByTime(ms);
}

/** Answers the next call, with what the connection is called. */
async function answerNext(server: RawHttp2, text: string): Promise<void> {
  server.write(answering(await nextCall(server), text));
}

async function turns(): Promise<void> {
  for (let n = 0; n < 30; n += 1) await new Promise(setImmediate);
}

describe("A server that says goodbye while calls are open", () => {
  test("still answers them, while new ones go over another connection.", async () => {
    const { client, connection, connections } = await rawGrpc();
    const open = outcome(client.echo({ text: "old" }));
    const first = await connection(0);
    const id = await nextCall(first);
    first.write(goodbye(id));
    await first.ping();
    const next = outcome(client.echo({ text: "new" }));
    await answerNext(await connection(1), "new");
    expect(await next).toBe("new");
    first.write(answering(id, "old"));
    expect(await open).toBe("old");
    await first.closed;
    expect(connections).toHaveLength(2);
  });

  test.each([
    ["in peace", 0],
    ["with an error", 11],
  ])("%s, and has not looked at some of them, gets those again on another connection.", async (_how, code) => {
    const { client, connection } = await rawGrpc();
    const calls = ["a", "b", "c"].map((text) => outcome(client.echo({ text })));
    const first = await connection(0);
    await nextCall(first);
    first.write(goodbye(1, code), answering(1, "first"));
    const second = await connection(1);
    await answerNext(second, "second");
    await answerNext(second, "third");
    expect(await Promise.all(calls)).toEqual(["first", "second", "third"]);
  });

  test("while none are open is left at once.", async () => {
    const { client, connection } = await rawGrpc();
    const call = outcome(client.echo({ text: "a" }));
    const first = await connection(0);
    await answerNext(first, "a");
    expect(await call).toBe("a");
    first.write(goodbye(0x7fff_ffff));
    await first.closed;
  });

  test("and answers none of them ends them, as unavailable.", async () => {
    const { client, connection } = await rawGrpc();
    const call = client.echo({ text: "a" });
    const first = await connection(0);
    const id = await nextCall(first);
    first.write(goodbye(id, 2, "out of memory"));
    first.socket.end();
    await expect(call).rejects.toMatchObject({ code: "unavailable" });
    const next = outcome(client.echo({ text: "b" }));
    await answerNext(await connection(1), "b");
    expect(await next).toBe("b");
  });
});

describe("A call that its server refuses", () => {
  test("unread is made again at once, and its caller hears nothing of it.", async () => {
    const { client, connection } = await rawGrpc();
    const call = outcome(client.echo({ text: "x".repeat(50_000) }));
    const first = await connection(0);
    first.write(windowUpdate(0, 100_000), reset(await nextCall(first), "REFUSED_STREAM"));
    const again = await nextCall(first);
    let bytes = 0;
    while (bytes < 50_009) bytes += (await first.until((each) => each.type === FRAME.data)).payload.length;
    first.write(answering(again, "at last"));
    expect(await call).toBe("at last");
  });

  test("twice has been refused.", async () => {
    const { client, connection } = await rawGrpc();
    const call = outcome(client.echo({ text: "x" }));
    const first = await connection(0);
    for (let n = 0; n < 2; n += 1) first.write(reset(await nextCall(first), "REFUSED_STREAM"));
    expect(await call).toBe("unavailable");
  });

  test("as it says goodbye is made on another connection.", async () => {
    const { client, connection } = await rawGrpc();
    const call = outcome(client.echo({ text: "x" }));
    const first = await connection(0);
    const id = await nextCall(first);
    first.write(reset(id, "REFUSED_STREAM"), goodbye(id));
    await answerNext(await connection(1), "elsewhere");
    expect(await call).toBe("elsewhere");
  });

  test("after its answer has begun is not made again.", async () => {
    const { client, connection } = await rawGrpc();
    const call = outcome(client.echo({ text: "x" }));
    const first = await connection(0);
    const id = await nextCall(first);
    const whole = answering(id, "part");
    first.write(whole.subarray(0, 9 + whole.readUIntBE(0, 3)), reset(id, "REFUSED_STREAM"));
    expect(await call).toBe("unavailable");
  });

  test("can still be given up on its second way.", async () => {
    const { client, connection } = await rawGrpc();
    const giving = new AbortController();
    const call = outcome(client.echo({ text: "x" }, { signal: giving.signal }));
    const first = await connection(0);
    first.write(reset(await nextCall(first), "REFUSED_STREAM"));
    const id = await nextCall(first);
    giving.abort();
    expect(await call).toBe("canceled");
    expect(await first.resetOf(id)).toBe("CANCEL");
  });

  test("may be given up between its two ways.", async () => {
    const { client, connection } = await rawGrpc();
    const giving = new AbortController();
    const call = outcome(client.echo({ text: "x" }, { signal: giving.signal }));
    const first = await connection(0);
    const id = await nextCall(first);
    first.write(reset(id, "REFUSED_STREAM"));
    giving.abort();
    expect(await call).toBe("canceled");
    const next = outcome(client.echo({ text: "y" }));
    await answerNext(first, "y");
    expect(await next).toBe("y");
  });

  test("as a stream of which nothing was sent goes on elsewhere; one that has spoken does not.", async () => {
    const { client, connection } = await rawGrpc();
    let speak: () => void = () => {};
    const spoken = new Promise<void>((resolve) => (speak = resolve));
    const all = async (first: boolean): Promise<string> => {
      const input = async function* (): AsyncGenerator<{ text: string }> {
        if (!first) await spoken;
        yield { text: "hello" };
        if (first) await spoken;
      };
      let heard = "";
      for await (const { text } of client.chat(input())) heard += text;
      return heard;
    };
    const silent = outcome(all(false).then((text) => ({ text })));
    const server = await connection(0);
    server.write(reset(await nextCall(server), "REFUSED_STREAM"));
    const again = await nextCall(server);
    speak();
    const { payload, id } = await server.until((each) => each.type === FRAME.data);
    expect([id, payload.subarray(7).toString()]).toEqual([again, "hello"]);
    server.write(answering(again, "heard"));
    expect(await silent).toBe("heard");
    const talking = outcome(all(true).then((text) => ({ text })));
    const third = await nextCall(server);
    await server.until((each) => each.type === FRAME.data && each.id === third);
    server.write(reset(third, "REFUSED_STREAM"));
    expect(await talking).toBe("unavailable");
  });
});

describe("A connection that dies", () => {
  /** What a server does with its first connection. */
  const ENDS: readonly (readonly [string, readonly Uint8Array[], (server: RawHttp2) => Promise<unknown>])[] = [
    ["before the server said a word", [], (server) => server.until((each) => each.type === FRAME.settings)],
    ["after the first words of both", HELLO, (server) => server.until((each) => each.flags === FLAG.ack)],
    ["within a call", HELLO, (server) => nextCall(server)],
    ["within an answer", HELLO, async (server) => server.write(answering(await nextCall(server), "x").subarray(0, 50))],
  ];
  const WAYS: readonly (readonly [string, (server: RawHttp2) => void])[] = [
    ["a reset", (server) => server.socket.resetAndDestroy()],
    ["an end", (server) => server.socket.end()],
  ];

  test.each(ENDS.flatMap(([when, greet, until]) => WAYS.map(([how, end]) => [how, when, greet, until, end] as const)))(
    "by %s %s costs its calls, and not the client.",
    async (_how, _when, greet, until, end) => {
      const { client, connection } = await rawGrpc({}, greet);
      const call = outcome(client.echo({ text: "x" }));
      const first = await connection(0);
      await until(first);
      end(first);
      expect(await call).toBe("unavailable");
      const next = outcome(client.echo({ text: "y" }));
      const second = await connection(1);
      if (greet.length === 0) second.write(...HELLO);
      await answerNext(second, "alive");
      expect(await next).toBe("alive");
    },
  );

  test("as soon as it was made is made again.", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    const { client, connection } = await rawGrpc({ waitForReady: true }, []);
    const call = outcome(client.echo({ text: "x" }));
    (await connection(0)).socket.resetAndDestroy();
    // Whether that was an attempt that failed, and the call waits for the next, or a connection that was lost with the call, depends on the system.
    await turns();
    await vi.advanceTimersByTimeAsync(2000);
    const next = outcome(client.echo({ text: "y" }));
    const second = await connection(1);
    second.write(...HELLO, answering(1, "alive"), answering(3, "alive"));
    expect(await next).toBe("alive");
    expect(["alive", "unavailable"]).toContain(await call);
  });

  test("while it is being made costs the calls that do not wait; those that do are answered by whoever comes.", async () => {
    // A port where nobody listens, for now.
    const holder = createServer().listen(0, "127.0.0.1");
    await once(holder, "listening");
    const address = holder.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    await new Promise((resolve) => holder.close(resolve));
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    const client = connect(EchoService, `grpc://127.0.0.1:${port}`, { waitForReady: true });
    onTestFinished(() => client[Symbol.asyncDispose]());
    const patient = outcome(client.echo({ text: "patient" }));
    expect(await outcome(withOptions(client, { waitForReady: false }).echo({ text: "x" }))).toBe("unavailable");
    await serving(port);
    await vi.advanceTimersByTimeAsync(2000);
    expect(await patient).toBe("patient");
  });
});

/** Serves EchoService on a port, until it is stopped or the test ends. */
async function serving(port: number, options: ServeOptions = {}): Promise<Server> {
  const echo = implement(EchoService, {
    echo: ({ text }) => ({ text }),
    *count() {},
    sum: () => ({}),
    async *chat(messages) {
      for await (const { text } of messages) yield { text };
    },
  });
  const server = await serve([echo], { ...options, listen: [`tcp://127.0.0.1:${port}`], log: () => {} });
  onTestFinished(() => server.stop({ graceMs: 0 }));
  return server;
}

describe("A server that is restarted on its port", () => {
  test.each([
    ["in peace", 5000],
    ["at once", 0],
  ])("%s is called again by the same client.", async (_how, graceMs) => {
    let server = await serving(0);
    const port = Number(new URL(server.addresses[0] ?? "").port);
    const client = connect(EchoService, `grpc://127.0.0.1:${port}`);
    onTestFinished(() => client[Symbol.asyncDispose]());
    for (let round = 0; round < 3; round += 1) {
      expect(await outcome(client.echo({ text: `round ${round}` }))).toBe(`round ${round}`);
      await server.stop({ graceMs });
      server = await serving(port);
    }
    // What was made while it was away has failed in time, and nothing is left of that.
    expect(await outcome(client.echo({ text: "the end" }))).toBe("the end");
  });

  test("gracefully loses no call, however many are made meanwhile.", async () => {
    let server = await serving(0);
    const port = Number(new URL(server.addresses[0] ?? "").port);
    const client = connect(EchoService, `grpc://127.0.0.1:${port}`, { waitForReady: true });
    onTestFinished(() => client[Symbol.asyncDispose]());
    const outcomes = new Map<string, number>();
    let calling = true;
    const caller = async (): Promise<void> => {
      while (calling) {
        const how = await outcome(client.echo({ text: "x" }));
        outcomes.set(how, (outcomes.get(how) ?? 0) + 1);
      }
    };
    const callers = Array.from({ length: 20 }, caller);
    for (let round = 0; round < 5; round += 1) {
      await turns();
      // The next takes over the port before the former is done, as under a supervisor.
      const stopped = server.stop({ graceMs: 5000 });
      await new Promise(setImmediate);
      server = await serving(port);
      await stopped;
    }
    calling = false;
    await Promise.all(callers);
    expect([...outcomes.keys()]).toEqual(["x"]);
  });
});

test("A connection that is too old is left in peace: its calls are answered, and the next make another.", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "performance"] });
  const server = await serving(0, { maxConnectionAgeMs: 10_000 });
  const client = connect(EchoService, (server.addresses[0] ?? "").replace("tcp:", "grpc:"));
  onTestFinished(() => client[Symbol.asyncDispose]());
  for (let round = 1; round <= 3; round += 1) {
    let calling = true;
    const caller = async (): Promise<string> => {
      while (calling) if ((await outcome(client.echo({ text: "x" }))) !== "x") return "failed";
      return "answered";
    };
    const callers = Promise.all([caller(), caller(), caller()]);
    await turns();
    expect(server.counters.connections).toBe(round);
    vi.advanceTimersByTime(11_500);
    while (server.counters.connections === round) await new Promise(setImmediate);
    calling = false;
    expect(await callers).toEqual(["answered", "answered", "answered"]);
  }
  expect(server.counters.protocolErrors).toBe(0);
});

describe("A server that is gone without a word", () => {
  const options: ConnectOptions = { pingTimeoutMs: 5000 };

  test("is found out before a call is made on its connection, which goes to another.", async () => {
    const pass = ticking();
    const { client, connection } = await rawGrpc(options);
    const one = outcome(client.echo({ text: "1" }));
    const first = await connection(0);
    await answerNext(first, "one");
    expect(await one).toBe("one");
    pass(60_000);
    const call = outcome(client.echo({ text: "2" }));
    await first.until(isPing);
    pass(5000);
    const second = await connection(1);
    await answerNext(second, "two");
    expect(await call).toBe("two");
    await first.closed;
    // It was told nothing but the question: nobody can have taken the call twice.
    expect(await first.next()).toBeUndefined();
  });

  test("for a while is asked first, and then called.", async () => {
    const pass = ticking();
    const { client, connection, connections } = await rawGrpc(options);
    const one = outcome(client.echo({ text: "1" }));
    const first = await connection(0);
    await answerNext(first, "one");
    await one;
    pass(60_000);
    const giving = new AbortController();
    const calls = ["2", "3"].map((text) => outcome(client.echo({ text })));
    const given = outcome(client.echo({ text: "4" }, { signal: giving.signal }));
    const { payload } = await first.until(isPing);
    giving.abort();
    expect(await given).toBe("canceled");
    first.write(frame(FRAME.ping, { flags: FLAG.ack }, payload));
    await answerNext(first, "two");
    await answerNext(first, "three");
    expect(await Promise.all(calls)).toEqual(["two", "three"]);
    expect(connections).toHaveLength(1);
  });

  test("is found out while calls are open, which end as unavailable.", async () => {
    const pass = ticking();
    const { client, connection } = await rawGrpc({ ...options, pingIntervalMs: 10_000 });
    const call = client.echo({ text: "1" });
    const first = await connection(0);
    await nextCall(first);
    await turns();
    for (let round = 0; round < 3; round += 1) {
      pass(10_000);
      await first.pong();
      await turns();
    }
    pass(10_000);
    await first.until(isPing);
    const held = outcome(client.echo({ text: "2" }));
    pass(5000);
    await expect(call).rejects.toThrow("the peer did not answer a PING within 5000 ms");
    await answerNext(await connection(1), "two");
    expect(await held).toBe("two");
  });

  test("since it accepted, and never said a word, is found out where pings are on; else a call has its deadline.", async () => {
    const pass = ticking();
    const { client } = await rawGrpc({ ...options, pingIntervalMs: 10_000 }, []);
    const call = outcome(client.echo({ text: "1" }));
    const silent = await rawGrpc({}, []);
    const limited = outcome(silent.client.echo({ text: "1" }, { timeoutMs: 30 }));
    await silent.connection(0);
    await turns();
    pass(10_000);
    await turns();
    pass(5000);
    expect(await call).toBe("unavailable");
    expect(await limited).toBe("deadline_exceeded");
  });

  test("while this machine slept is found out when it wakes.", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "Date"] });
    const { client, connection } = await rawGrpc(options);
    const one = outcome(client.echo({ text: "1" }));
    const first = await connection(0);
    await answerNext(first, "one");
    await one;
    vi.setSystemTime(Date.now() + 3_600_000);
    vi.advanceTimersByTime(500);
    const call = outcome(client.echo({ text: "2" }));
    await first.until(isPing);
    vi.advanceTimersByTime(5000);
    await answerNext(await connection(1), "two");
    expect(await call).toBe("two");
  });

  test("is not looked for between calls, unless that is asked for.", async () => {
    const pass = ticking();
    const quiet = await rawGrpc({ pingIntervalMs: 10_000 });
    const watched = await rawGrpc({ pingIntervalMs: 10_000, pingIdleConnection: true, pingTimeoutMs: 5000 });
    for (const { client, connection } of [quiet, watched]) {
      const one = outcome(client.echo({ text: "1" }));
      await answerNext(await connection(0), "one");
      await one;
    }
    const [first, other] = [await quiet.connection(0), await watched.connection(0)];
    pass(10_000);
    await other.until(isPing);
    pass(5000);
    await other.closed;
    first.write(frame(FRAME.ping, {}, Buffer.from("sequence")));
    expect((await first.until((each) => each.type === FRAME.ping)).flags).toBe(FLAG.ack);
  });

  test("may complain of too many pings: they are sent half as often, and a person hears of it.", async () => {
    const pass = ticking();
    const log: string[] = [];
    const { client, connection } = await rawGrpc({ pingIntervalMs: 10_000, log: (line) => log.push(line) });
    const call = outcome(client.echo({ text: "1" }));
    const first = await connection(0);
    first.write(goodbye(await nextCall(first), 11, "too_many_pings"));
    first.socket.end();
    expect(await call).toBe("unavailable");
    expect(log).toEqual([expect.stringMatching(/PINGs too often.*Raise pingIntervalMs, which is 10000/u)]);
    const next = outcome(client.echo({ text: "2" }));
    const second = await connection(1);
    const id = await nextCall(second);
    await turns();
    pass(19_500);
    await second.ping();
    pass(19_500);
    await turns();
    pass(500);
    await second.until(isPing);
    second.write(answering(id, "two"));
    expect(await next).toBe("two");
  });
});

describe("A connection without calls", () => {
  test("is closed after its time, and the next call makes another.", async () => {
    const pass = ticking();
    const { client, connection } = await rawGrpc({ idleConnectionTimeoutMs: 10_000, pingTimeoutMs: 1000 });
    const first = await (async () => {
      const one = outcome(client.echo({ text: "1" }));
      const server = await connection(0);
      await answerNext(server, "one");
      await one;
      return server;
    })();
    pass(9500);
    const two = outcome(client.echo({ text: "2" }));
    await answerNext(first, "two");
    expect(await two).toBe("two");
    pass(10_000);
    first.write(frame(FRAME.ping, {}, Buffer.from("sequence")));
    await first.until((each) => each.type === FRAME.ping);
    pass(500);
    await first.closed;
    const three = outcome(client.echo({ text: "3" }));
    await answerNext(await connection(1), "three");
    expect(await three).toBe("three");
  });

  test("is cut when the server does not close its end.", async () => {
    const pass = ticking();
    const { client, connection } = await rawGrpc({ idleConnectionTimeoutMs: 1000 });
    const one = outcome(client.echo({ text: "1" }));
    const first = await connection(0);
    first.socket.allowHalfOpen = true;
    await answerNext(first, "one");
    await one;
    pass(1500);
    await turns();
    pass(5000);
    await turns();
    // Nobody listens any more, which whoever writes is told.
    while (!first.socket.destroyed) {
      first.write(frame(FRAME.ping, {}, Buffer.from("sequence")));
      await turns();
    }
  });
});

describe("A server that takes fewer calls than before", () => {
  test("gets more connections, and no call is lost.", async () => {
    const { client, connection, connections } = await rawGrpc({}, [
      settings([3, 100]),
      frame(FRAME.settings, { flags: FLAG.ack }),
    ]);
    const warm = outcome(client.echo({ text: "0" }));
    const first = await connection(0);
    await answerNext(first, "zero");
    await warm;
    first.write(settings([3, 2]));
    await first.ping();
    const calls = Array.from({ length: 6 }, (_, n) => outcome(client.echo({ text: String(n) })));
    // Until a new connection says otherwise, it takes as many as others have said.
    for (let n = 0; n < 3; n += 1) {
      const server = await connection(n);
      await answerNext(server, "ok");
      await answerNext(server, "ok");
    }
    expect(await Promise.all(calls)).toEqual(Array.from({ length: 6 }, () => "ok"));
    expect(connections).toHaveLength(3);
  });
});

test("A thousand calls at once, to a server that takes a hundred on a connection, are all answered.", async () => {
  const server = await serving(0, { maxConcurrentCalls: 100 });
  const client = connect(EchoService, (server.addresses[0] ?? "").replace("tcp:", "grpc:"));
  onTestFinished(() => client[Symbol.asyncDispose]());
  const texts = Array.from({ length: 1000 }, (_, n) => String(n));
  expect(await Promise.all(texts.map((text) => outcome(client.echo({ text }))))).toEqual(texts);
  expect(server.counters.protocolErrors).toBe(0);
});
