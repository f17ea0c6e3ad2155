import { functions, RpcError, serve } from "callwire";
import { connect, withOptions } from "callwire/client";
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { createConnection } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as tlsConnect, createServer, type TLSSocket } from "node:tls";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { EchoService } from "../../examples/quickstart/gen/echo_pb.js";
import { MODELS, served as servedUnder } from "../models/served.js";
import { pair, pem, pemFile } from "./pem.js";
import { served, toolsAt } from "./served.js";

const WIRES = ["frame+tls", "jsonrpc+tls", "jsonrpc+tcp+tls", "jsonrpc+ws+tls", "xmlrpc+tls"];

/** What a call fails with. */
async function failed(answer: PromiseLike<unknown>): Promise<string> {
  const error: unknown = await answer.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return error instanceof RpcError ? `${error.code}: ${error.message}` : String(error);
}

/** Does a handshake as told, and says what came of it: the server's certificate's name, and the protocol. */
async function shaken(place: string, options: object = {}): Promise<readonly [name: unknown, protocol: unknown]> {
  const [, port] = place.split(":");
  return await new Promise((resolve, reject) => {
    const socket: TLSSocket = tlsConnect(
      { host: "127.0.0.1", port: Number(port), ca: pem("ca.pem"), ...options },
      () => {
        const { subject } = socket.getPeerCertificate();
        resolve([subject.O ?? subject.CN, socket.alpnProtocol]);
        socket.destroy();
      },
    );
    socket.on("error", reject);
  });
}

describe("A server with a certificate", () => {
  test.each(WIRES)("answers %s.", async (wire) => {
    const { place } = await served();
    const client = toolsAt(`${wire}://${place}`);
    expect(await client.add(2, 3)).toBe(5);
    expect(await client.who()).toEqual({ scheme: "tls", name: null });
  });

  test("answers gRPC, streams and a megabyte included.", async () => {
    const { place } = await served();
    const client = connect(EchoService, `grpc+tls://${place}`, { tls: { ca: pem("ca.pem") } });
    onTestFinished(() => client[Symbol.asyncDispose]());
    const text = "long".repeat(250_000);
    expect((await client.echo({ text })).text).toBe(text);
    const numbers: number[] = [];
    for await (const { n } of client.count({ to: 1000 })) numbers.push(n);
    expect(numbers).toHaveLength(1000);
  });

  test("agrees to HTTP/2, then HTTP/1.1, and to none where none is named.", async () => {
    const { place } = await served();
    expect(await shaken(place, { ALPNProtocols: ["http/1.1", "h2"] })).toEqual(["localhost", "h2"]);
    expect(await shaken(place, { ALPNProtocols: ["http/1.1"] })).toEqual(["localhost", "http/1.1"]);
    expect(await shaken(place)).toEqual(["localhost", false]);
    await expect(shaken(place, { ALPNProtocols: ["smtp"] })).rejects.toThrow(/no application protocol/u);
  });

  test("answers those who speak TLS and those who do not on one port of tcp://, each by every wire.", async () => {
    const { place, logged } = await served({}, { listen: ["tcp://127.0.0.1:0"] });
    const clients = ["frame", "jsonrpc", ...WIRES].map((wire) => toolsAt(`${wire}://${place}`));
    expect(await Promise.all(clients.map((client) => client.add(2, 3)))).toEqual(clients.map(() => 5));
    expect(logged).toEqual([]);
  });

  test("takes only TLS at tls://.", async () => {
    const { place, logged } = await served();
    expect(await failed(toolsAt(`frame://${place}`).add(2, 3))).toMatch(/^unavailable: /u);
    expect(logged[0]).toMatch(/does not speak TLS, and came where only TLS is spoken/u);
    expect(await toolsAt(`frame+tls://${place}`).add(2, 3)).toBe(5);
  });

  test("has another certificate for other names, and goes by its own for unknown ones.", async () => {
    const { place } = await served({ names: { "*.example.com": pair("named") } });
    expect(await shaken(place, { servername: "app.example.com" })).toEqual(["app.example.com", false]);
    expect(await shaken(place, { servername: "localhost" })).toEqual(["localhost", false]);
    const named = toolsAt(`frame+tls://${place}`, { tls: { serverName: "app.example.com" } });
    expect(await named.add(2, 3)).toBe(5);
  });

  test("refuses less than the version asked for.", async () => {
    const { place } = await served({ minVersion: "TLSv1.3" });
    await expect(shaken(place, { maxVersion: "TLSv1.2" })).rejects.toThrow(/protocol version/u);
    expect(await shaken(place)).toEqual(["localhost", false]);
  });
});

describe("Certificates in files", () => {
  function folder(): string {
    const path = mkdtempSync(join(tmpdir(), "callwire-test-"));
    onTestFinished(() => rmSync(path, { recursive: true, force: true }));
    for (const kind of ["pem", "key"]) copyFileSync(pemFile(`server.${kind}`), join(path, `now.${kind}`));
    return path;
  }

  test("are read again when they have changed.", async () => {
    const path = folder();
    const { place } = await served({ cert: join(path, "now.pem"), key: join(path, "now.key") });
    for (const kind of ["pem", "key"]) copyFileSync(pemFile(`next.${kind}`), join(path, `now.${kind}`));
    expect(await shaken(place)).toEqual(["next", false]);
  });

  test("that have become unusable are not used, which is told, and the former ones are.", async () => {
    const path = folder();
    const { place, logged } = await served({ cert: join(path, "now.pem"), key: join(path, "now.key") });
    writeFileSync(join(path, "now.pem"), "-----BEGIN CERTIFICATE-----\nhalf");
    expect(await shaken(place)).toEqual(["localhost", false]);
    expect(logged).toEqual([expect.stringMatching(/^The certificates have changed and cannot be used/u)]);
  });

  test("that are not there keep a server from starting.", async () => {
    const listen = ["tls://127.0.0.1:0"];
    await expect(serve([], { listen, tls: { cert: "/nowhere.pem", key: pem("server.key") } })).rejects.toThrow(
      /Cannot read "\/nowhere.pem"/u,
    );
    await expect(serve([], { listen, tls: { ...pair("server"), key: pem("next.key") } })).rejects.toThrow(
      /key values/u,
    );
    await expect(serve([], { listen })).rejects.toThrow("needs a certificate: give serve() `tls: { cert, key }`");
  });
});

describe("Clients' certificates", () => {
  const ca = pem("ca.pem");

  test("are required where the server says who may vouch for them, and methods see them.", async () => {
    const { place } = await served({ ca });
    expect(await toolsAt(`frame+tls://${place}`, { tls: pair("client") }).who()).toEqual({
      scheme: "tls",
      name: "ada",
    });
    for (const tls of [{}, pair("stranger")])
      expect(await failed(toolsAt(`frame+tls://${place}`, { tls }).who())).toMatch(/^unavailable: /u);
  });

  test("may be asked for and not required; one that nobody vouches for counts as none.", async () => {
    const { place } = await served({ ca, clientCertificates: "ask" });
    const names = [{}, pair("stranger"), pair("client")].map((tls) => toolsAt(`frame+tls://${place}`, { tls }).who());
    expect((await Promise.all(names)).map(({ name }) => name)).toEqual([null, null, "ada"]);
  });
});

describe("A client", () => {
  test("trusts no server that nobody vouches for, unless it is told to.", async () => {
    const { place } = await served(pair("stranger"));
    expect(await failed(toolsAt(`frame+tls://${place}`).add(2, 3))).toMatch(/^unavailable: .*self-signed certificate/u);
    expect(await toolsAt(`frame+tls://${place}`, { tls: { rejectUnauthorized: false } }).add(2, 3)).toBe(5);
    expect(await toolsAt(`frame+tls://${place}`, { tls: { ca: pemFile("stranger.pem") } }).add(2, 3)).toBe(5);
  });

  test("trusts no server of another name.", async () => {
    const { place } = await served(pair("named"));
    expect(await failed(toolsAt(`frame+tls://${place}`).add(2, 3))).toMatch(/^unavailable: .*altnames/u);
    expect(await toolsAt(`frame+tls://${place}`, { tls: { serverName: "x.example.com" } }).add(2, 3)).toBe(5);
  });

  test("tells a server that does not agree to its protocol.", async () => {
    const server = createServer(pair("server"), (socket) => socket.on("error", () => {}));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as { port: number }; // it listens on a port
    const client = connect(EchoService, `grpc+tls://127.0.0.1:${port}`, { tls: { ca: pem("ca.pem") } });
    onTestFinished(() => client[Symbol.asyncDispose]());
    expect(await failed(client.echo({ text: "" }))).toMatch(/^unavailable: .*does not agree to h2 \(ALPN\)/u);
  });

  test("tells a server that speaks no TLS, and certificates that it cannot read.", async () => {
    const { place } = await served({}, { listen: ["tcp://127.0.0.1:0"], tls: undefined as never }); // as plain users call it
    expect(await failed(toolsAt(`frame+tls://${place}`).add(2, 3))).toMatch(/^unavailable: /u);
    const url = `frame+tls://${place}`;
    expect(await failed(toolsAt(url, { tls: { ca: "/nowhere.pem" } }).add(2, 3))).toMatch(
      /^unavailable: .*Cannot read "\/nowhere.pem"/u,
    );
    expect(() => toolsAt("frame+unix+tls:///x")).toThrow("A Unix socket carries no TLS");
  });
});

describe("A handshake", () => {
  test("may come in any pieces.", async () => {
    const { place } = await served();
    const [, port] = place.split(":");
    const raw = createConnection({ port: Number(port), host: "127.0.0.1", noDelay: true });
    const write = raw.write.bind(raw);
    raw.write = (part: Buffer, ...rest: never[]) => {
      for (const byte of part.subarray(0, 12)) write(Uint8Array.of(byte));
      return write(part.subarray(12), ...rest);
    };
    expect(await shaken(place, { socket: raw })).toEqual(["localhost", false]);
  });

  /** A connection that begins a handshake. */
  function begun(place: string): { readonly closed: Promise<unknown> } {
    const raw = createConnection(Number(place.split(":")[1]), "127.0.0.1");
    raw.on("error", () => {});
    raw.write(Buffer.from("160301020001", "hex"));
    return { closed: new Promise((resolve) => raw.once("close", resolve)) };
  }

  test("that is never ended is cut in time.", async () => {
    const { place, logged } = await served({}, { detectTimeoutMs: 1 });
    await begun(place).closed;
    expect(logged.length).toBeGreaterThan(0);
  });

  test("that is ended may be followed by silence, for as long as a connection without TLS may be silent.", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    onTestFinished(() => void vi.useRealTimers());
    const { place, logged } = await served();
    // In TLS 1.2 the server ends the handshake first.
    const options = { ca: pem("ca.pem"), maxVersion: "TLSv1.2" } as const;
    const socket = tlsConnect({ host: "127.0.0.1", port: Number(place.split(":")[1]), ...options });
    await once(socket, "secureConnect");
    for (let n = 0; n < 10; n += 1) await new Promise(setImmediate);
    vi.advanceTimersByTime(55_000);
    expect(logged).toEqual([]);
    socket.write("GET /nowhere HTTP/1.1\r\nhost: a\r\n\r\n");
    expect(String(await once(socket, "data"))).toMatch(/^HTTP\/1\.1 404 /u);
    socket.destroy();
  });

  test("that is not ended keeps no server from stopping.", async () => {
    const { server, place } = await served();
    const { closed } = begun(place);
    while (server.counters.bytesIn === 0) await new Promise(setImmediate);
    await server.stop({ graceMs: 60_000 });
    await closed;
  });

  test("of rubbish ends its own connection alone, and leaves nothing behind.", async () => {
    const { server, place } = await served();
    const [, port] = place.split(":");
    const client = toolsAt(`frame+tls://${place}`);
    expect(await client.add(1, 1)).toBe(2);
    for (let n = 0; n < 20; n += 1) {
      const raw = createConnection(Number(port), "127.0.0.1");
      raw.on("error", () => {});
      raw.write(Buffer.concat([Buffer.from("1603010200010001fc0303", "hex"), Buffer.alloc(600, n)]));
      raw.resume();
      await new Promise((resolve) => raw.once("close", resolve));
    }
    expect(await client.add(2, 3)).toBe(5);
    while (server.counters.open > 1) await new Promise(setImmediate);
  });

  test("is refused by a server without a certificate, which says so.", async () => {
    const { place, logged } = await served({}, { listen: ["tcp://127.0.0.1:0"], tls: undefined as never }); // as plain users call it
    await expect(shaken(place)).rejects.toThrow();
    expect(logged[0]).toMatch(/speaks TLS, and this server has no certificate/u);
  });
});

test.each(MODELS)("Model %s speaks TLS.", async (model) => {
  const { server } = await servedUnder(model, { workers: 1, tls: pair("server"), listen: ["tls://127.0.0.1:0"] });
  const client = toolsAt((server.addresses[0] ?? "").replace("tls:", "jsonrpc+tls:"), { connections: 1 });
  expect(await client.add(2, 3)).toBe(5);
  const text = "long".repeat(50_000);
  const other = connect("tools", (server.addresses[0] ?? "").replace("tls:", "jsonrpc+tls:"), {
    tls: { ca: pem("ca.pem") },
    connections: 1,
  });
  await client[Symbol.asyncDispose]();
  expect(await other["ping"]?.(text)).toBe(text);
  await other[Symbol.asyncDispose]();
});

test("A call over HTTP/1.1 that is given up costs its connection, and its method hears of that within TLS too.", async () => {
  let began: () => void = () => {};
  const begun = new Promise<void>((resolve) => (began = resolve));
  let gone: (code: unknown) => void = () => {};
  const reason = new Promise((resolve) => (gone = resolve));
  const slow = functions("slow", {
    async hang(): Promise<void> {
      const { signal } = this;
      signal.addEventListener("abort", () => gone((signal.reason as RpcError).code)); // as Call promises
      began();
      await reason;
    },
  });
  const server = await serve([slow], { listen: ["tls://127.0.0.1:0"], tls: pair("server"), log: () => {} });
  onTestFinished(() => server.stop({ graceMs: 0 }));
  const url = (server.addresses[0] ?? "").replace("tls:", "connect+tls:");
  const client = connect<typeof slow>("slow", url, { tls: { ca: pem("ca.pem") } });
  onTestFinished(() => client[Symbol.asyncDispose]());
  const controller = new AbortController();
  const call = withOptions(client, { signal: controller.signal }).hang();
  await begun;
  controller.abort();
  await expect(call).rejects.toMatchObject({ code: "canceled" });
  expect(await reason).toBe("unavailable");
});
