import { fetchHandler } from "callwire/fetch";
import { describe, expect, test } from "vitest";
import { enveloped } from "../../src/bytes/enveloped.js";
import { message, saying } from "../grpc/message.js";
import { noted } from "./services.js";

const AT = "http://app.example";
const ADD = '{"jsonrpc":"2.0","id":1,"method":"sums.add","params":[2,3]}';
const JSON_TYPE = { "content-type": "application/json" };
const WEB = { "content-type": "application/grpc-web" };
const OK = Buffer.from(enveloped(0x80, Buffer.from("grpc-status: 0\r\n")));

/** A request whose body is written piece by piece. */
function written(path: string): { request: Request; writer: WritableStreamDefaultWriter<Uint8Array> } {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  // A part of the standard that node's types do not have.
  const streaming = { duplex: "half" } as RequestInit;
  const request = new Request(`${AT}${path}`, { method: "POST", headers: WEB, body: readable, ...streaming });
  return { request, writer: writable.getWriter() };
}

async function bytesOf(answer: Response): Promise<Buffer> {
  return Buffer.from(await answer.arrayBuffer());
}

describe("A handler of the fetch standard", () => {
  test("answers JSON-RPC, XML-RPC and gRPC-Web.", async () => {
    const handler = fetchHandler(noted().services);
    const json = await handler(new Request(`${AT}/jsonrpc?a=b`, { method: "POST", headers: JSON_TYPE, body: ADD }));
    expect(json.headers.get("content-type")).toBe("application/json");
    expect(await json.json()).toMatchObject({ result: 5 });
    const call =
      "<methodCall><methodName>sums.add</methodName><params><param><value><i4>2</i4></value></param><param><value><i4>3</i4></value></param></params></methodCall>";
    const xml = await handler(
      new Request(`${AT}/RPC2`, { method: "POST", headers: { "content-type": "text/xml" }, body: call }),
    );
    expect(await xml.text()).toContain("<int>5</int>");
    const web = await handler(
      new Request(`${AT}/echo.v1.EchoService/Echo`, {
        method: "POST",
        headers: WEB,
        body: new Uint8Array(message("hello")),
      }),
    );
    expect(await bytesOf(web)).toEqual(Buffer.concat([message("hello"), OK]));
  });

  test("refuses what is nobody's, in words, and gRPC, which needs trailers.", async () => {
    const handler = fetchHandler(noted().services);
    const nothing = await handler(new Request(`${AT}/nope`));
    expect([nothing.status, await nothing.text()]).toEqual([404, expect.stringContaining("Nothing is at")]);
    const headers = { "content-type": "application/grpc" };
    const grpc = await handler(new Request(`${AT}/echo.v1.EchoService/Echo`, { method: "POST", headers, body: "" }));
    expect(grpc.status).toBe(415);
    const bare = await handler(new Request(`${AT}/jsonrpc`, { method: "OPTIONS" }));
    expect([bare.status, bare.body]).toEqual([204, null]);
  });

  test("answers a stream while it goes on.", async () => {
    const handler = fetchHandler(noted().services);
    const { request, writer } = written("/echo.v1.EchoService/Chat");
    const asked = handler(request);
    void writer.write(message("one"));
    const answer = await asked;
    const reader = answer.body?.getReader();
    expect(Buffer.from((await reader?.read())?.value ?? [])).toEqual(Buffer.from(enveloped(0, saying("one"))));
    void writer.write(message("two").subarray(0, 3));
    void writer.write(message("two").subarray(3));
    expect(Buffer.from((await reader?.read())?.value ?? [])).toEqual(Buffer.from(enveloped(0, saying("two"))));
    void writer.close();
    expect(Buffer.from((await reader?.read())?.value ?? [])).toEqual(OK);
    expect((await reader?.read())?.done).toBe(true);
  });

  test("cancels a call whose request is aborted, and one that was aborted before is not made.", async () => {
    const { services, seen } = noted();
    const handler = fetchHandler(services);
    const giving = new AbortController();
    const ask = (): Promise<Response> =>
      handler(
        new Request(`${AT}/echo.v1.EchoService/Echo`, {
          method: "POST",
          headers: WEB,
          body: new Uint8Array(message("hang")),
          signal: giving.signal,
        }),
      );
    const answer = ask();
    while (seen.length === 0) await new Promise(setImmediate);
    giving.abort();
    expect((await answer).status).toBe(499);
    while (seen.length === 1) await new Promise(setImmediate);
    expect((await ask()).status).toBe(499);
    expect(seen).toEqual(["hang", "given up"]);
  });

  test("cancels a call whose request breaks off.", async () => {
    const { services, seen } = noted();
    const handler = fetchHandler(services);
    const { request, writer } = written("/echo.v1.EchoService/Chat");
    const asked = handler(request);
    await writer.write(message("one"));
    const reader = (await asked).body?.getReader();
    await reader?.read();
    void writer.abort(new Error("Gone."));
    await expect(reader?.read()).rejects.toThrow("broke off");
    expect(seen).toEqual([]);
  });

  test("stops a method that writes more than is read, and ends it when its reader leaves.", async () => {
    const { services, seen } = noted();
    const handler = fetchHandler(services);
    const body = enveloped(0, Uint8Array.of(8, 255, 255, 255, 7));
    const answer = await handler(
      new Request(`${AT}/echo.v1.EchoService/Count`, { method: "POST", headers: WEB, body: new Uint8Array(body) }),
    );
    let before = -1;
    while (seen.length > before) {
      before = seen.length;
      for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
    }
    expect(before).toBeLessThan(20_000);
    const reader = answer.body?.getReader();
    for (let n = 0; n < 1000; n += 1) await reader?.read();
    await reader?.cancel();
    while (seen.at(-1) !== "over") await new Promise(setImmediate);
    expect(seen.length).toBeGreaterThan(before);
  });

  test("stops a caller who writes more than is read.", async () => {
    const { services } = noted();
    const handler = fetchHandler(services);
    const { request, writer } = written("/echo.v1.EchoService/Sum");
    const asked = handler(request);
    const number = enveloped(0, Uint8Array.of(8, 1));
    for (let n = 0; n < 5000; n += 1) await writer.write(number);
    await writer.close();
    // A sum is field 1, a varint: 5000.
    expect(await bytesOf(await asked)).toEqual(Buffer.concat([enveloped(0, Uint8Array.of(8, 0x88, 0x27)), OK]));
  });

  test("lets pages of other origins call where that is allowed.", async () => {
    const headers = { ...JSON_TYPE, origin: "https://app.example" };
    const ask = async (allowedOrigins?: readonly string[]): Promise<Headers> => {
      const handler = fetchHandler(noted().services, allowedOrigins === undefined ? {} : { allowedOrigins });
      return (await handler(new Request(`${AT}/jsonrpc`, { method: "POST", headers, body: ADD }))).headers;
    };
    expect((await ask(["https://app.example"])).get("access-control-allow-origin")).toBe("https://app.example");
    expect((await ask()).get("access-control-allow-origin")).toBeNull();
  });

  test("has limits, interceptors and wires as servers have.", async () => {
    const passed: string[] = [];
    const handler = fetchHandler(noted().services, {
      wires: ["jsonrpc"],
      maxMessageBytes: 100,
      interceptors: [
        (next) => (call) => {
          passed.push(call.method.path);
          return next(call);
        },
      ],
    });
    const ask = async (path: string, body: string): Promise<number> =>
      (await handler(new Request(`${AT}${path}`, { method: "POST", headers: JSON_TYPE, body }))).status;
    expect(await ask("/jsonrpc", ADD)).toBe(200);
    expect(await ask("/jsonrpc", ADD.padEnd(101))).toBe(413);
    expect(await ask("/RPC2", ADD)).toBe(404);
    expect(passed).toEqual(["sums/add"]);
  });

  test("rejects every request where services cannot be.", async () => {
    const [service] = noted().services;
    const handler = fetchHandler(service === undefined ? [] : [service, service]);
    for (let n = 0; n < 2; n += 1) await expect(handler(new Request(AT))).rejects.toThrow(TypeError);
  });
});
