import { connect } from "callwire/client";
import { nodeHandler, type HandlerOptions, type NodeHandler } from "callwire/node";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { EchoService } from "../../examples/quickstart/gen/echo_pb.js";
import { noted } from "./services.js";

const ADD = '{"jsonrpc":"2.0","id":1,"method":"sums.add","params":[2,3]}';

/** A server of node:http that does as told with a handler, until the running test ends; its address is `HOST:PORT`. */
async function serving(
  use: (handler: NodeHandler, request: IncomingMessage, response: ServerResponse) => void,
  options: HandlerOptions = {},
): Promise<{ address: string; seen: string[] }> {
  const { services, seen } = noted();
  const handler = nodeHandler(services, options);
  const server = createServer((request, response) => use(handler, request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo; // it listens on a port
  return { address: `127.0.0.1:${port}`, seen };
}

async function asked(
  address: string,
  { path = "/", method = "POST", type = "application/json", body = ADD },
): Promise<[number, string]> {
  const headers = method === "POST" ? { "content-type": type } : {};
  const answer = await fetch(`http://${address}${path}`, { method, headers, ...(method === "GET" ? {} : { body }) });
  return [answer.status, await answer.text()];
}

describe("A handler of node's HTTP", () => {
  test("answers all wires, and refuses what is nobody's.", async () => {
    const { address } = await serving((handler, request, response) => handler(request, response));
    expect(await asked(address, {})).toEqual([200, expect.stringContaining('"result":5')]);
    expect((await asked(address, { path: "/nope", method: "GET" }))[0]).toBe(404);
    const client = connect(EchoService, `grpcweb://${address}`);
    onTestFinished(() => client[Symbol.asyncDispose]());
    expect((await client.echo({ text: "hi" })).text).toBe("hi");
    const xml = connect<{ add: (a: number, b: number) => number }>("sums", `xmlrpc://${address}`);
    onTestFinished(() => xml[Symbol.asyncDispose]());
    expect(await xml.add(2, 3)).toBe(5);
  });

  test("leaves to others what is for none of its services.", async () => {
    const { address } = await serving((handler, request, response) =>
      handler(request, response, () => response.end("another's")),
    );
    for (const asking of [
      { path: "/", method: "GET" },
      { path: "/nope" },
      { path: "/api/users" },
      { path: "/", type: "application/x-www-form-urlencoded", body: "a=b" },
      { path: "/other.Service/Echo", type: "application/grpc-web", body: "" },
      { path: "/api/users", method: "OPTIONS" },
    ])
      expect(await asked(address, asking)).toEqual([200, "another's"]);
    expect(await asked(address, { path: "/jsonrpc" })).toEqual([200, expect.stringContaining('"result":5')]);
    const web = { type: "application/grpc-web", body: "" };
    expect((await asked(address, { ...web, path: "/echo.v1.EchoService/Nothing" }))[1]).not.toBe("another's");
  });

  test("takes a body that was read before: bytes, a text or what it says.", async () => {
    const forms: readonly ((text: string) => unknown)[] = [(text) => Buffer.from(text), String, JSON.parse];
    for (const form of forms) {
      const { address } = await serving((handler, request, response) => {
        let text = "";
        request.on("data", (part: Buffer) => (text += String(part)));
        request.on("end", () => setImmediate(() => handler(Object.assign(request, { body: form(text) }), response)));
      });
      expect(await asked(address, {})).toEqual([200, expect.stringContaining('"result":5')]);
    }
  });

  test("tells a method that its caller has left, before and after it was called.", async () => {
    let late: (() => void) | undefined;
    const leaving = new AbortController();
    const { address, seen } = await serving((handler, request, response) => {
      if (request.headers["x-late"] === undefined) handler(request, response);
      else {
        response.on("close", () => (late = () => handler(request, response)));
        leaving.abort();
      }
    });
    const client = connect(EchoService, `grpcweb://${address}`);
    onTestFinished(() => client[Symbol.asyncDispose]());
    const giving = new AbortController();
    const answer = client.echo({ text: "hang" }, { signal: giving.signal });
    while (seen.length === 0) await new Promise(setImmediate);
    giving.abort();
    await expect(answer).rejects.toMatchObject({ code: "canceled" });
    while (seen.length === 1) await new Promise(setImmediate);
    expect(seen).toEqual(["hang", "given up"]);
    const left = client.echo({ text: "late" }, { signal: leaving.signal, headers: { "x-late": "1" } });
    await expect(left).rejects.toMatchObject({ code: "canceled" });
    while (late === undefined) await new Promise(setImmediate);
    late();
    expect((await asked(address, {}))[0]).toBe(200);
    expect(seen).toEqual(["hang", "given up"]);
  });

  test("says who calls.", async () => {
    const peers: string[] = [];
    const { address } = await serving((handler, request, response) => handler(request, response), {
      interceptors: [
        (next) => (call) => {
          peers.push(call.peer.address);
          return next(call);
        },
      ],
    });
    await asked(address, {});
    expect(peers).toEqual([expect.stringMatching(/^tcp:\/\/127\.0\.0\.1:\d+$/u)]);
  });

  test("hands on, or answers with 500, what cannot be served.", async () => {
    const [service] = noted().services;
    const handler = nodeHandler(service === undefined ? [] : [service, service]);
    const errors: unknown[] = [];
    const { address } = await serving((_, request, response) => {
      if (request.url === "/next")
        handler(request, response, (error) => {
          errors.push(error);
          response.end("told");
        });
      else handler(request, response);
    });
    expect(await asked(address, { path: "/next" })).toEqual([200, "told"]);
    expect(errors).toEqual([expect.any(TypeError)]);
    expect((await asked(address, {}))[0]).toBe(500);
  });
});
