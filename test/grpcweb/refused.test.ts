import { connect, type ConnectOptions } from "callwire/client";
import { describe, expect, onTestFinished, test } from "vitest";
import { EchoService } from "../../examples/quickstart/gen/echo_pb.js";
import { FRAME } from "../../src/transports/http2/frame.js";
import { message } from "../grpc/message.js";
import { goodbye, nextCall, outcome, type RawGrpc, rawGrpc } from "../http2/raw-grpc.js";
import { data, headers, type RawFrame, type RawHttp2, reset } from "../http2/raw-http2.js";

/** A server made by hand, and a client that calls it in gRPC-Web over HTTP/2, as bytes or as text. */
async function raw(text: boolean): Promise<Pick<RawGrpc, "client" | "connection">> {
  const { url, connection } = await rawGrpc();
  const options: ConnectOptions = { grpcweb: { text } };
  const client = connect(EchoService, url.replace("grpc:", "grpcweb+http2:"), options);
  onTestFinished(() => client[Symbol.asyncDispose]());
  return { client, connection };
}

/** Answers the next call, in bytes, which both read; resolves with what it asked. */
async function answerNext(server: RawHttp2, text: string): Promise<RawFrame> {
  const id = await nextCall(server);
  const asked = await server.until((each) => each.type === FRAME.data && each.id === id);
  const trailers = Buffer.from("grpc-status: 0\r\n");
  const head = [
    [":status", "200"],
    ["content-type", "application/grpc-web+proto"],
  ] as const;
  const end = Buffer.concat([Buffer.from([0x80, 0, 0, 0, trailers.length]), trailers]);
  server.write(headers(id, head), data(id, Buffer.concat([message(text), end]), { end: true }));
  return asked;
}

describe.each([
  ["as bytes", false],
  ["as text", true],
])("A call in gRPC-Web, %s, that its server refuses", (_how, text) => {
  test("unread is made again at once, and its caller hears nothing of it.", async () => {
    const { client, connection } = await raw(text);
    const call = outcome(client.echo({ text: "x" }));
    const server = await connection(0);
    server.write(reset(await nextCall(server), "REFUSED_STREAM"));
    const { payload } = await answerNext(server, "at last");
    expect(await call).toBe("at last");
    expect(payload.toString("latin1")).toContain(text ? "AAAAAAM" : "\u0000\u0000\u0000\u0000\u0003\n\u0001x");
  });

  test("twice has been refused.", async () => {
    const { client, connection } = await raw(text);
    const call = outcome(client.echo({ text: "x" }));
    const server = await connection(0);
    for (let n = 0; n < 2; n += 1) server.write(reset(await nextCall(server), "REFUSED_STREAM"));
    expect(await call).toBe("unavailable");
  });

  test("as it says goodbye is made on another connection.", async () => {
    const { client, connection } = await raw(text);
    const call = outcome(client.echo({ text: "x" }));
    const first = await connection(0);
    const id = await nextCall(first);
    first.write(reset(id, "REFUSED_STREAM"), goodbye(id));
    await answerNext(await connection(1), "elsewhere");
    expect(await call).toBe("elsewhere");
  });

  test("after its answer has begun is not made again.", async () => {
    const { client, connection } = await raw(text);
    const call = outcome(client.echo({ text: "x" }));
    const server = await connection(0);
    const id = await nextCall(server);
    server.write(
      headers(id, [
        [":status", "200"],
        ["content-type", "application/grpc-web+proto"],
      ]),
      reset(id, "REFUSED_STREAM"),
    );
    expect(await call).toBe("unavailable");
  });

  test("can still be given up on its second way.", async () => {
    const { client, connection } = await raw(text);
    const giving = new AbortController();
    const call = outcome(client.echo({ text: "x" }, { signal: giving.signal }));
    const server = await connection(0);
    server.write(reset(await nextCall(server), "REFUSED_STREAM"));
    const id = await nextCall(server);
    giving.abort();
    expect(await call).toBe("canceled");
    expect(await server.resetOf(id)).toBe("CANCEL");
  });

  test("as a stream of which nothing was sent goes on elsewhere; one that has spoken does not.", async () => {
    const { client, connection } = await raw(text);
    const sum = async (spoken: Promise<void>, said: bigint[]): Promise<{ text: string }> => {
      const input = async function* (): AsyncGenerator<{ n: bigint }> {
        for (const n of said) yield { n };
        await spoken;
        yield { n: 1n };
      };
      return { text: String((await client.sum(input())).sum) };
    };
    let speak = (): void => {};
    const silent = outcome(sum(new Promise((resolve) => (speak = resolve)), []));
    const server = await connection(0);
    server.write(reset(await nextCall(server), "REFUSED_STREAM"));
    const again = await nextCall(server);
    speak();
    const { id } = await server.until((each) => each.type === FRAME.data);
    expect(id).toBe(again);
    const talking = outcome(sum(new Promise(() => {}), [1n]));
    const next = await nextCall(server);
    await server.until((each) => each.type === FRAME.data && each.id === next);
    server.write(reset(next, "REFUSED_STREAM"), reset(id, "INTERNAL_ERROR"));
    expect(await talking).toBe("unavailable");
    expect(await silent).toBe("internal");
  });
});
