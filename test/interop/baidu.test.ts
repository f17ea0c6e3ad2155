import { implement, RpcError, serve } from "callwire";
import { connect, type ConnectOptions } from "callwire/client";
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { EchoService } from "../../examples/quickstart/gen/echo_pb.js";
import { pathOf, run, start } from "./program.js";

/** brpc-java and what it needs, fetched once; git ignores the place. */
const JARS = pathOf(".tools/brpc-java");
const PROGRAM = pathOf("test/interop/programs/brpc-java");
const classes = mkdtempSync(join(tmpdir(), "callwire-brpc-java-"));
const JAVA = [
  // Its proxies define classes in java.lang.
  "--add-opens=java.base/java.lang=ALL-UNNAMED",
  "-cp",
  `${classes}:${JARS}/*`,
  "Peer",
];

beforeAll(async () => {
  const make = promisify(execFile);
  const copy = ["-q", "-B", "-f", join(PROGRAM, "pom.xml"), "dependency:copy-dependencies"];
  if (!existsSync(join(JARS, "brpc-java-2.5.9.jar"))) await make("mvn", [...copy, `-DoutputDirectory=${JARS}`]);
  await make("javac", ["-nowarn", "-proc:none", "-cp", `${JARS}/*`, "-d", classes, join(PROGRAM, "Peer.java")]);
}, 300_000);

afterAll(() => rmSync(classes, { recursive: true, force: true }));

describe("brpc-java", () => {
  test("calls: plain and compressed, many at a time, with attachments, errors and short names.", async () => {
    const echo = implement(EchoService, {
      echo: ({ text }, call) => {
        if (text.startsWith("fail")) throw new RpcError("not_found", "No such thing.");
        if (call.attachment === undefined) return { text };
        const { attachment } = call;
        call.attachment = new Uint8Array([...attachment, 9]);
        return { text: String(attachment.length) };
      },
      count: () => [],
      sum: () => ({}),
      chat: () => [],
    });
    const server = await serve([echo], { listen: ["tcp://127.0.0.1:0"], log: () => {} });
    onTestFinished(() => server.stop({ graceMs: 0 }));
    const address = (server.addresses[0] ?? "").slice("tcp://".length);
    const printed = await run("java", [...JAVA, "check", address]);
    expect(printed.split("\n").filter((line) => line.startsWith("ok "))).toHaveLength(8);
  }, 60_000);
});

describe("A server of brpc-java", () => {
  test("is called, plain and compressed, many at a time, with attachments and errors.", async () => {
    const address = `127.0.0.1:${await freePort()}`;
    await start("java", [...JAVA, "serve", address.slice("127.0.0.1:".length)]);
    // With a jprotobuf that today's Java runs, it takes short messages in gzip, and all in zlib, for empty ones.
    const text = "é漢🦊".repeat(5000);
    for (const options of [{}, { sendCompression: "gzip" }])
      expect((await called(address, options).echo({ text })).text).toBe(text);
    const client = called(address, { connections: 4 });
    const texts = Array.from({ length: 200 }, (_, n) => `text ${n}`);
    expect(await Promise.all(texts.map(async (each) => (await client.echo({ text: each })).text))).toEqual(texts);
    const heard: number[][] = [];
    const onAttachment = (bytes: Uint8Array): void => void heard.push([...bytes]);
    // Not x-request-id: what is a text in brpc's meta, its seventh field, is a message in brpc-java's.
    const headers = { "log-id": "7", "x-bd-trace-id": "8" };
    await client.echo({ text: "attached" }, { attachment: Uint8Array.of(1, 2, 3), onAttachment, headers });
    expect(heard).toEqual([[1, 2, 3]]);
    await expect(client.echo({ text: "fail" })).rejects.toBeInstanceOf(RpcError);
    const giving = new AbortController();
    const given = client.echo({ text: "given up" }, { signal: giving.signal });
    giving.abort();
    await expect(given).rejects.toMatchObject({ code: "canceled" });
    expect((await client.echo({ text: "after" })).text).toBe("after");
    // It closes the connection on which it was asked for a method that it does not have.
    await expect(client.sum([])).rejects.toMatchObject({ code: "unavailable" });
  }, 60_000);
});

function called(address: string, options: ConnectOptions = {}) {
  const client = connect(EchoService, `baidu://${address}`, options);
  onTestFinished(() => client[Symbol.asyncDispose]());
  return client;
}

/** A port that nobody has; the program cannot say which it got. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as { port: number }; // it listens on TCP
  await new Promise((resolve) => server.close(resolve));
  return port;
}
