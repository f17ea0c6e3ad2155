import { create, toBinary } from "@bufbuild/protobuf";
import { implement } from "callwire";
import { nodeHandler } from "callwire/node";
import { once } from "node:events";
import { type ClientHttp2Session, connect, createServer, type OutgoingHttpHeaders } from "node:http2";
import type { AddressInfo } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { EchoService, SumRequestSchema } from "../../examples/quickstart/gen/echo_pb.js";
import { enveloped } from "../../src/bytes/enveloped.js";
import { answerNode, type NodeRequest, nodeRequest, type NodeResponse } from "../../src/transports/node-exchange.js";
import type { HttpServe } from "../../src/wires/http.js";

/** A session of node:http2 with a server that does as told, until the running test ends. */
async function session(answer: (request: NodeRequest, response: NodeResponse) => void): Promise<ClientHttp2Session> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo; // it listens on a port
  const client = connect(`http://127.0.0.1:${port}`);
  onTestFinished(() => {
    client.destroy();
    server.close();
  });
  return client;
}

/** What becomes of a request that its client goes on with, until the server ends it: `ended`, with a request that ends by itself. */
async function answered(
  client: ClientHttp2Session,
  asked: OutgoingHttpHeaders,
  { said = Buffer.alloc(0), ended = false }: { said?: Uint8Array; ended?: boolean } = {},
): Promise<{ status: unknown; bytes: number; trailers: unknown; code: number | undefined }> {
  const request = client.request({ ":method": "POST", ...asked });
  let [status, trailers]: unknown[] = [];
  let bytes = 0;
  request.on("response", (fields) => (status = fields[":status"]));
  request.on("trailers", (fields) => (trailers = fields["grpc-status"]));
  request.on("data", (chunk: Buffer) => (bytes += chunk.length));
  request.write(said);
  if (ended) request.end();
  await once(request, "close");
  return { status, bytes, trailers, code: request.rstCode };
}

describe("A handler of node's HTTP/2 that answers before the request is whole", () => {
  test("has its answer heard, trailers included, and resets what is left of the request with NO_ERROR.", async () => {
    const impatient = implement(EchoService, {
      echo: ({ text }) => ({ text }),
      *count() {
        yield { n: 1 };
      },
      // Once it has read something.
      async sum(numbers) {
        for await (const { n } of numbers) if (n === 2n) break;
        return { sum: 2n };
      },
      async *chat(messages) {
        for await (const { text } of messages) yield { text };
      },
    });
    const client = await session(nodeHandler([impatient]));
    const grpc = { "content-type": "application/grpc+proto", te: "trailers" };
    const sum = { ":path": "/echo.v1.EchoService/Sum", ...grpc };
    const two = enveloped(0, toBinary(SumRequestSchema, create(SumRequestSchema, { n: 2n })));
    for (let n = 0; n < 10; n += 1)
      expect(await answered(client, sum, { said: two })).toEqual({ status: 200, bytes: 7, trailers: "0", code: 0 });
    // What is whole is answered as ever.
    expect(await answered(client, sum, { ended: true })).toMatchObject({ status: 200, trailers: "0", code: 0 });
    // The router listens to so much of what is nobody's.
    const nowhere = { ":path": "/nope", "content-type": "image/png" };
    const long = new Uint8Array(100_000);
    expect(await answered(client, nowhere, { said: long })).toMatchObject({ status: 415, code: 0 });
  });

  test("has a long answer heard to its end, though the client sends on.", async () => {
    const body = new Uint8Array(3 * 1024 * 1024);
    for (const trailers of [undefined, [["grpc-status", "0"]] as const]) {
      const serve: HttpServe = (_request, out) => {
        out.respond({ status: 200, fields: [] }, body, trailers);
        return { answer() {}, data: () => true, room() {}, reset() {} };
      };
      const client = await session((request, response) => answerNode(serve, nodeRequest(request), [request, response]));
      const heard = await answered(client, { ":path": "/" }, { said: new Uint8Array(200_000) });
      expect(heard).toEqual({ status: 200, bytes: body.length, trailers: trailers?.[0][1], code: 0 });
    }
  });
});
