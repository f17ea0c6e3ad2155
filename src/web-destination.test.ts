import { describe, expect, test } from "vitest";
import { webDestination } from "./web-destination.js";
import { DEFAULT_LIMITS } from "./wires/limits.js";

/** The URL that the first call of a client asks for. */
async function asked(url: string, useHttpGet = false): Promise<string> {
  const urls: string[] = [];
  const way = webDestination(url).open({
    session: { limits: DEFAULT_LIMITS, useHttpGet },
    fetch: (to) => {
      urls.push(to);
      return Promise.reject(new Error("There is no network here."));
    },
    webSocket: class {
      constructor(to: string) {
        urls.push(to);
        throw new Error("There is no network here.");
      }
      declare binaryType: string;
      declare bufferedAmount: number;
      declare send: () => void;
      declare close: () => void;
      declare onopen: null;
      declare onmessage: null;
      declare onclose: null;
      declare onerror: null;
    },
    connectTimeoutMs: 1000,
  });
  await new Promise<void>((resolve) => {
    const head = { path: "a.B/c", codec: "json", timeoutMs: undefined, fields: [], peer: { address: url } } as const;
    const request = way.dispatch(
      { ...head, positional: false, safe: true },
      { head: () => {}, message: () => true, end: () => resolve(), drain: () => {} },
    );
    request.end({ code: "ok", message: "", details: [], trailers: [] }, new Uint8Array(0));
  });
  return urls.join(" ");
}

describe("A URL of a page's client", () => {
  test.each([
    ["http://a.example", "http://a.example/a.B/c"],
    ["https://a.example/rpc/", "https://a.example/rpc/a.B/c"],
    ["connect://127.0.0.1:8080", "http://127.0.0.1:8080/a.B/c"],
    ["connect+http://a.example:80/x", "http://a.example:80/x/a.B/c"],
    ["connect+tls://a.example", "https://a.example/a.B/c"],
    ["connect+http+tls://a.example:8443", "https://a.example:8443/a.B/c"],
    ["grpcweb://[::1]:8080", "http://[::1]:8080/a.B/c"],
    ["grpcweb+tls://a.example", "https://a.example/a.B/c"],
    ["jsonrpc+http://a.example/rpc?key=1#part", "http://a.example/rpc?key=1"],
    ["jsonrpc+ws://a.example", "ws://a.example/"],
    ["jsonrpc+ws+tls://a.example/rpc?key=1", "wss://a.example/rpc?key=1"],
  ])("%s asks for %s.", async (url, expected) => {
    expect(await asked(url)).toBe(expected);
  });

  test("asks by GET where that is wanted.", async () => {
    expect(await asked("http://a.example/rpc", true)).toBe(
      "http://a.example/rpc/a.B/c?connect=v1&encoding=json&message=",
    );
  });

  test.each([
    ["grpc://a.example", "one of connect+http, grpcweb+http, jsonrpc+http, jsonrpc+ws."],
    ["frame://a.example:1", "write WIRE://HOST:PORT"],
    ["connect", '"connect"'],
    ["/rpc", '"/rpc"'],
    ["toString://a.example", "write WIRE://HOST:PORT"],
    ["connect+ws://a.example", 'cannot call "connect+ws://a.example"'],
    ["jsonrpc+toString://a.example", "write WIRE://HOST:PORT"],
    ["jsonrpc+constructor://a.example", "with one of connect+http"],
    ["connect://user:word@a.example", 'send a header "authorization"'],
  ])("%s is refused with a sentence: %s.", (url, sentence) => {
    expect(() => webDestination(url)).toThrow(sentence);
  });
});
