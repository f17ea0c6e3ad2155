import { afterEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { connect, type ConnectOptions, RpcError, withOptions } from "../../src/client.js";
import { clientStream, functions, serve, serverStream, service, type Server } from "../../src/server.js";
import { rawServer } from "../frame/raw-peer.js";
import { socketPlace } from "../matrix/worlds.js";

const gates = new Map<string, () => void>();
const seen: string[] = [];
const tools = functions("tools", {
  echo: (value: unknown) => value,
  async wait(key: string) {
    const { signal } = this;
    signal.addEventListener("abort", () => {
      const reason: unknown = signal.reason;
      seen.push(`${key} ${reason instanceof RpcError ? reason.code : String(reason)}`);
    });
    await new Promise<void>((resolve) => {
      gates.set(key, resolve);
    });
    return key;
  },
});

afterEach(() => {
  vi.useRealTimers();
  gates.clear();
  seen.length = 0;
});

async function serving(place: string): Promise<Server> {
  const server = await serve([tools], { listen: [place], log: () => {} });
  onTestFinished(() => server.stop({ graceMs: 0 }));
  return server;
}

function clientTo(place: string, options?: ConnectOptions) {
  const client = connect<typeof tools>(
    "tools",
    place.replace("unix:", "frame+unix:").replace("tcp:", "frame:"),
    options,
  );
  onTestFinished(() => client[Symbol.asyncDispose]());
  return client;
}

async function codeOf(answer: Promise<unknown>): Promise<string> {
  return await answer.then(
    () => "ok",
    (error: unknown) => (error instanceof RpcError ? error.code : String(error)),
  );
}

/** Waits, turn by turn, until something holds. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise(setImmediate);
}

describe("A client of a server that is not there", () => {
  test("fails at once as unavailable, and says where it tried to go and why that failed", async () => {
    const place = socketPlace();
    const error: unknown = await clientTo(place)
      .echo(1)
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(RpcError);
    expect(error).toMatchObject({ code: "unavailable" });
    expect(String(error)).toContain(`Cannot connect to ${place}: `);
    expect(String(error)).toContain("ENOENT");
    expect(String(error)).toContain("attempt 1");
  });

  test("names a refused TCP address", async () => {
    const server = await serving("tcp://127.0.0.1:0");
    const [address = ""] = server.addresses;
    await server.stop({ graceMs: 0 });
    await expect(clientTo(address).echo(1)).rejects.toThrow(`Cannot connect to ${address}: connect ECONNREFUSED`);
  });

  test("fails during the backoff without another attempt, and tries again after it", async () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    const place = socketPlace();
    const client = clientTo(place);
    await codeOf(client.echo(1));
    await serving(place);
    await expect(client.echo(1)).rejects.toThrow(/attempt 1; next attempt in \d+ ms/u);
    vi.advanceTimersByTime(1201);
    expect(await client.echo(1)).toBe(1);
  });

  test("fails streams too", async () => {
    const Streams = service("a.Streams", { count: serverStream(), sum: clientStream() });
    await using client = connect(Streams, socketPlace().replace("unix:", "frame+unix:"));
    await expect(client.count().next()).rejects.toMatchObject({ code: "unavailable" });
    await expect(client.sum([])).rejects.toMatchObject({ code: "unavailable" });
  });
});

describe("A call that waits for readiness", () => {
  test("is made when a server appears, together with all that wait", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    const place = socketPlace();
    const client = clientTo(place);
    const patient = withOptions(client, { waitForReady: true });
    const first = [patient.echo(1), patient.echo(2)];
    expect(await codeOf(client.echo(0))).toBe("unavailable");
    const second = patient.echo(3);
    await serving(place);
    await vi.advanceTimersByTimeAsync(1201);
    expect(await Promise.all([...first, second])).toEqual([1, 2, 3]);
    expect(await client.echo(4)).toBe(4);
  });

  test("goes on trying, later and later", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    const place = socketPlace();
    const client = clientTo(place);
    const answer = withOptions(client, { waitForReady: true }).echo(1);
    const attempts: string[] = [];
    for (let attempt = 1; attempt <= 4; attempt += 1) {
      let message = "";
      while (!message.includes(`attempt ${attempt};`)) {
        await new Promise(setImmediate);
        message = (await client.echo(0).catch(String)) as string; // it always fails
      }
      attempts.push(message);
      await vi.advanceTimersByTimeAsync(1200 * 1.6 ** (attempt - 1));
    }
    expect(attempts).toHaveLength(4);
    await serving(place);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(await answer).toBe(1);
  });

  test("ends at its deadline, and when it is cancelled", async () => {
    const client = clientTo(socketPlace());
    const controller = new AbortController();
    const answers = [
      codeOf(withOptions(client, { waitForReady: true, timeoutMs: 20 }).echo(1)),
      codeOf(withOptions(client, { waitForReady: true, signal: controller.signal }).echo(1)),
    ];
    expect(await codeOf(client.echo(0))).toBe("unavailable");
    controller.abort();
    expect(await Promise.all(answers)).toEqual(["deadline_exceeded", "canceled"]);
  });
});

describe("A connection", () => {
  test("is made again after the server was restarted", async () => {
    const place = socketPlace();
    const client = clientTo(place);
    const first = await serving(place);
    expect(await client.echo(1)).toBe(1);
    await first.stop({ graceMs: 0 });
    await serving(place);
    await until(() => first.counters.open === 0);
    expect(await client.echo(2)).toBe(2);
  });

  test("that is lost ends its calls as unavailable, and the next call makes another", async () => {
    const place = socketPlace();
    const client = clientTo(place);
    const first = await serving(place);
    const answer = codeOf(client.wait("a"));
    await until(() => gates.has("a"));
    await first.stop({ graceMs: 0 });
    expect(await answer).toBe("unavailable");
    await serving(place);
    expect(await client.echo(2)).toBe(2);
  });

  test("that a server closes before it answers is not taken for an answer", async () => {
    const address = await rawServer(async (peer) => {
      await peer.hear();
      peer.socket.end();
    });
    await expect(clientTo(`tcp://${address}`).echo(1)).rejects.toMatchObject({ code: "unavailable" });
  });

  test("on which the server talks nonsense is given up, and the next call makes another", async () => {
    let connections = 0;
    const address = await rawServer(async (peer, index) => {
      connections += 1;
      for (;;) {
        // Any parsed request has an id.
        const { id } = (await peer.hear()) as { id: number };
        if (index === 0) {
          peer.write(Buffer.from("HTTP/1.1 400 Bad Request\r\n\r\n"));
          // It never closes its end.
          await new Promise(() => {});
        } else peer.say({ out: "echo", id, result: "sense" });
      }
    });
    const client = clientTo(`tcp://${address}`);
    expect(await codeOf(client.echo(1))).toBe("unavailable");
    await until(() => connections === 1);
    let answer: unknown;
    while (answer === undefined) answer = await client.echo(1).catch(() => undefined);
    expect(answer).toBe("sense");
    expect(connections).toBe(2);
  });

  test("that is not there after the connect timeout is given up", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const server = await serving("tcp://127.0.0.1:0");
    const client = clientTo(server.addresses[0] ?? "", { connectTimeoutMs: 3000 });
    const answer = client.echo(1);
    // No turn has passed since the attempt began, so it cannot have succeeded.
    vi.advanceTimersByTime(3000);
    await expect(answer).rejects.toThrow("no connection within 3000 ms");
  });
});

describe("Closing a client", () => {
  test("cancels its open calls, at the server too, and resolves", async () => {
    const place = socketPlace();
    const server = await serving(place);
    const client = clientTo(place);
    const answer = codeOf(client.wait("a"));
    await until(() => gates.has("a"));
    await client[Symbol.asyncDispose]();
    expect(await answer).toBe("canceled");
    await until(() => seen.length > 0);
    expect(seen).toEqual(["a canceled"]);
    await until(() => server.counters.open === 0);
    expect(await codeOf(client.echo(1))).toBe("unavailable");
    await expect(client.echo(1)).rejects.toThrow("is closed: connect() again");
  });

  test("may be done twice, at once too", async () => {
    const place = socketPlace();
    await serving(place);
    const client = clientTo(place);
    const other = withOptions(client, { timeoutMs: 1000 });
    expect(await other.echo(1)).toBe(1);
    await Promise.all([client[Symbol.asyncDispose](), other[Symbol.asyncDispose]()]);
    await client[Symbol.asyncDispose]();
  });

  test("while it connects ends the calls that wait", async () => {
    const place = socketPlace();
    await serving(place);
    const client = clientTo(place);
    const answer = codeOf(client.echo(1));
    await client[Symbol.asyncDispose]();
    expect(await answer).toBe("canceled");
  });

  test("while it waits to try again ends the calls that wait", async () => {
    const client = clientTo(socketPlace());
    const answer = codeOf(withOptions(client, { waitForReady: true }).echo(1));
    expect(await codeOf(client.echo(0))).toBe("unavailable");
    await client[Symbol.asyncDispose]();
    expect(await answer).toBe("canceled");
  });

  test("resolves though the server does not close its end", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const address = await rawServer(async (peer) => {
      for (;;) peer.say({ out: "echo", id: ((await peer.hear()) as { id: number }).id, result: 1 }); // a request has an id
    });
    const client = clientTo(`tcp://${address}`);
    await client.echo(1);
    const closed = client[Symbol.asyncDispose]();
    vi.advanceTimersByTime(1000);
    await closed;
  });

  test("that was never used resolves", async () => {
    await clientTo(socketPlace())[Symbol.asyncDispose]();
  });

  test("of a URL that cannot be called is refused when the client is made", () => {
    for (const url of [
      "frame://localhost",
      "frame://",
      "frame+unix://",
      "http://127.0.0.1:1",
      "frame+ws://127.0.0.1:1",
    ])
      expect(() => connect("tools", url)).toThrow(TypeError);
  });
});
