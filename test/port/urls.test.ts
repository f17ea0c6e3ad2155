import { connect, type ConnectOptions, type FunctionsClient, withOptions } from "callwire/client";
import { describe, expect, onTestFinished, test } from "vitest";
import { served } from "../frame/served.js";
import { socketPlace } from "../matrix/worlds.js";
import { echoJson, httpPeer, xmlAnswer } from "./http-peer.js";

/** What is called here. */
interface Tools {
  add(a: number, b: number): number;
  headers(): readonly (readonly [string, string])[];
}

function tools(url: string, options: ConnectOptions = {}): FunctionsClient<Tools> {
  const client = connect<Tools>("tools", url, options);
  onTestFinished(() => client[Symbol.asyncDispose]());
  return client;
}

describe("A client of a URL", () => {
  test.each([
    "frame://HOST",
    "frame+tcp://HOST",
    "frame+tcp://HOST/",
    "jsonrpc://HOST",
    "jsonrpc+http://HOST",
    "jsonrpc://HOST/jsonrpc",
    "jsonrpc://HOST/?a=b",
    "jsonrpc+ws://HOST",
    "jsonrpc+ws://HOST/jsonrpc",
    "jsonrpc+tcp://HOST",
    "xmlrpc://HOST",
    "xmlrpc+http://HOST/",
    "xmlrpc://HOST/RPC2?a=b#c",
  ])("%s calls.", async (url) => {
    const { address, server } = await served();
    expect(await tools(url.replace("HOST", address.slice("tcp://".length))).add(2, 3)).toBe(5);
    expect(server.counters).toMatchObject({ connections: 1, undetected: 0, protocolErrors: 0 });
  });

  test("of a socket file calls by every wire.", async () => {
    const place = socketPlace();
    await served({ listen: [place] });
    for (const wire of ["frame", "jsonrpc", "xmlrpc"])
      expect(await tools(place.replace("unix:", `${wire}+unix:`)).add(2, 3)).toBe(5);
  });

  test("that goes over TCP may tell messages apart by Content-Length.", async () => {
    const { address } = await served();
    expect(await tools(address.replace("tcp:", "jsonrpc+tcp:"), { framing: "headers" }).add(2, 3)).toBe(5);
  });

  test.each([
    [
      "http://127.0.0.1:1",
      'Cannot call "http://127.0.0.1:1": write WIRE://HOST:PORT or WIRE+tls://HOST:PORT, with a wire of ',
    ],
    ["127.0.0.1:1", 'Cannot call "127.0.0.1:1": write WIRE://HOST:PORT'],
    ["frame://", 'Cannot call "frame://": write WIRE://HOST:PORT'],
    ["constructor://a:1", "Cannot call"],
    ["frame+http://a:1", 'Wire frame goes over tcp, unix, not "http".'],
    ["jsonrpc+udp://a:1", 'Wire jsonrpc goes over http, ws, tcp, unix, not "udp".'],
    ["xmlrpc+ws://a:1", 'Wire xmlrpc goes over http, unix, not "ws".'],
    ["xmlrpc+constructor://a:1", 'Wire xmlrpc goes over http, unix, not "constructor".'],
    ["jsonrpc://a:99999", '"a:99999" is not: write 127.0.0.1:8080, say.'],
    ["jsonrpc://a%zz@b:1", "The user and password of the URL are not percent-encoded: write @ as %40 and % as %25."],
  ])("%s is a TypeError that says what there is.", (url, message) => {
    expect(() => tools(url)).toThrow(TypeError);
    expect(() => tools(url)).toThrow(message);
  });
});

describe("A request over HTTP", () => {
  test("goes to the path of the URL, with the host as it stands there, and the wire's type.", async () => {
    const { place, heard } = await httpPeer((request, response) =>
      request.body.startsWith("<") ? xmlAnswer("<int>5</int>") : echoJson(request, response),
    );
    await tools(`jsonrpc://${place}`).add(2, 3);
    await tools(`jsonrpc://${place}/a/b?c=d#e`).add(2, 3);
    await tools(`xmlrpc://${place}`).add(2, 3);
    await tools(`xmlrpc://${place}/cgi?x`).add(2, 3);
    expect(heard.map(({ method, path }) => `${method} ${path}`)).toEqual([
      "POST /",
      "POST /a/b?c=d",
      "POST /RPC2",
      "POST /cgi?x",
    ]);
    expect(heard.map(({ headers }) => headers["content-type"])).toEqual([
      "application/json",
      "application/json",
      "text/xml",
      "text/xml",
    ]);
    for (const { headers, bytes } of heard)
      expect(headers).toMatchObject({ host: place, "content-length": String(bytes.length) });
  });

  test("carries the user and password of the URL as basic authorization, and a WebSocket's does too.", async () => {
    const { place, heard, server } = await httpPeer((request, response) =>
      request.body.startsWith("<") ? xmlAnswer("<int>5</int>") : echoJson(request, response),
    );
    await tools(`jsonrpc://us%40er:p%3A%C3%A9%25@${place}`).add(2, 3);
    await tools(`xmlrpc://ada:secret@${place}`).add(2, 3);
    expect(heard.map(({ headers }) => headers.authorization)).toEqual([
      `Basic ${Buffer.from("us@er:p:é%").toString("base64")}`,
      `Basic ${Buffer.from("ada:secret").toString("base64")}`,
    ]);
    expect(heard.every(({ headers }) => headers.host === place)).toBe(true);
    let asked: unknown;
    server.on("upgrade", (request, socket) => {
      asked = request.headers.authorization;
      socket.on("error", () => {}).end("HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\n\r\n");
    });
    await expect(tools(`jsonrpc+ws://ada:secret@${place}`).add(2, 3)).rejects.toThrow("401");
    expect(asked).toBe(`Basic ${Buffer.from("ada:secret").toString("base64")}`);
  });

  test.each(["jsonrpc", "xmlrpc"])(
    "of %s carries headers of the call and of interceptors, and its answer those of the method.",
    async (wire) => {
      const { address } = await served();
      const heads: Headers[] = [];
      const trails: Headers[] = [];
      const client = withOptions(
        tools(address.replace("tcp:", `${wire}:`), {
          interceptors: [
            (next) => (call) => {
              call.headers.set("x-interceptor", "2");
              return next(call);
            },
          ],
        }),
        {
          headers: { "x-call": "1", authorization: "Bearer token" },
          onHeader: (fields) => void heads.push(fields),
          onTrailer: (fields) => void trails.push(fields),
        },
      );
      const heard = new Map(await client.headers());
      expect(heard.get("x-call")).toBe("1");
      expect(heard.get("x-interceptor")).toBe("2");
      expect(heard.get("authorization")).toBe("Bearer token");
      expect(heads[0]?.get("x-head")).toBe("1");
      expect(trails[0]?.get("x-trail")).toBe("2, 3");
    },
  );

  test("is answered with what HTTP says, where that is no answer: the status as a code.", async () => {
    const statuses = new Map([
      [401, "unauthenticated"],
      [403, "permission_denied"],
      [404, "unimplemented"],
      [413, "resource_exhausted"],
      [429, "unavailable"],
      [500, "internal"],
      [503, "unavailable"],
    ]);
    for (const [status, code] of statuses) {
      const { place } = await httpPeer((_request, response) => {
        response.writeHead(status, { "content-type": "text/plain" });
        return "No.";
      });
      for (const wire of ["jsonrpc", "xmlrpc"])
        await expect(tools(`${wire}://${place}`).add(2, 3)).rejects.toMatchObject({
          code,
          message: expect.stringContaining(String(status)) as string,
        });
    }
  });
});
