import { describe, expect, test } from "vitest";
import type { HttpRequest } from "../../src/wires/http.js";
import { FLAG, FRAME } from "../../src/transports/http2/frame.js";
import { Echo } from "./echo.js";
import {
  data,
  type Field,
  frame,
  headers,
  numbers,
  POST,
  RawHttp2,
  type RawFrame,
  request,
  reset,
  settings,
  windowUpdate,
} from "./raw-http2.js";
import { served } from "./served.js";

const isHead = (each: RawFrame): boolean => each.type === FRAME.headers;

/** A request with some fields in the place of others of that name, and more. */
function having(changes: Readonly<Record<string, string | undefined>>): readonly Field[] {
  const kept = POST.map(([name, value]): Field | undefined => {
    if (!(name in changes)) return [name, value];
    const changed = changes[name];
    return changed === undefined ? undefined : [name, changed];
  }).filter((field) => field !== undefined);
  const added = Object.entries(changes).filter(([name]) => !POST.some(([known]) => known === name));
  return [...kept, ...added.map(([name, value = ""]): Field => [name, value])];
}

describe("A request's head", () => {
  const MALFORMED: readonly (readonly [string, readonly Field[]])[] = [
    ["no method", having({ ":method": undefined })],
    ["no scheme", having({ ":scheme": undefined })],
    ["no path", having({ ":path": undefined })],
    ["an empty path", having({ ":path": "" })],
    ["a path that does not begin with a slash", having({ ":path": "echo" })],
    ["a path with a blank", having({ ":path": "/e cho" })],
    ["a path with a line end", having({ ":path": "/echo\r\nx: y" })],
    ["a method that is no token", having({ ":method": "PO ST" })],
    ["a pseudo-header field that is not known", having({ ":other": "x" })],
    ["a status", having({ ":status": "200" })],
    ["a pseudo-header field twice", [...POST, [":path", "/echo"]]],
    ["a pseudo-header field after others", [["x", "y"], ...POST]],
    ["a name in capitals", having({ "X-Big": "y" })],
    ["a name with a colon", having({ "x:y": "z" })],
    ["an empty name", having({ "": "z" })],
    ["a value with a line end", having({ x: "y\nz" })],
    ["a value with a zero", having({ x: "y\0z" })],
    ["a value that begins with a blank", having({ x: " y" })],
    ["a field of HTTP/1.1's connections", having({ connection: "close" })],
    ["a transfer coding", having({ "transfer-encoding": "chunked" })],
    ["te with other than trailers", having({ te: "gzip" })],
    ["two lengths", [...POST, ["content-length", "1"], ["content-length", "2"]]],
    ["a length that is no number", having({ "content-length": "-1" })],
    ["a host that is another", having({ host: "elsewhere" })],
    ["CONNECT with a path", having({ ":method": "CONNECT" })],
  ];

  test.each(MALFORMED)("with %s resets its stream, and nothing else.", async (_what, fields) => {
    const { port } = await served(new Echo().serve);
    const peer = await RawHttp2.to(port);
    peer.write(headers(1, fields));
    expect(await peer.resetOf(1)).toBe("PROTOCOL_ERROR");
    peer.write(data(1, "on its way"), request(3, "/echo", "x"));
    expect((await peer.answer(3)).body).toBe("x");
  });

  test("is handed over with the host from the authority, its query apart, and cookies together.", async () => {
    const seen: HttpRequest[] = [];
    const { port } = await served((each, out) => {
      seen.push(each);
      out.respond({ status: 204, fields: [] }, "");
      return { answer() {}, data: () => true, room() {}, reset() {} };
    });
    const peer = await RawHttp2.to(port);
    const fields: readonly Field[] = [
      ...having({ ":path": "/a%20b?c=d?e", host: "LOCALHOST", te: "trailers" }),
      ["cookie", "a=b"],
      ["x-one", "1"],
      ["cookie", "c=d"],
    ];
    peer.write(headers(1, fields, { end: true }), headers(3, fields, { end: true }));
    expect((await peer.answer(3)).status).toBe("204");
    expect(seen[0]).toMatchObject({ method: "POST", path: "/a%20b", query: "c=d?e" });
    expect(seen[0]?.fields).toEqual([
      ["host", "localhost"],
      ["te", "trailers"],
      ["x-one", "1"],
      ["cookie", "a=b; c=d"],
    ]);
    // The same block, the same object.
    expect(seen[1]).toBe(seen[0]);
  });

  test("CONNECT is refused, and OPTIONS may ask of the server itself.", async () => {
    const { port } = await served(new Echo().serve);
    const peer = await RawHttp2.to(port);
    peer.write(
      headers(1, [
        [":method", "CONNECT"],
        [":authority", "example.com:443"],
      ]),
    );
    expect((await peer.answer(1)).status).toBe("501");
    peer.write(headers(3, having({ ":method": "OPTIONS", ":path": "*" })));
    await peer.ping();
    peer.write(reset(3, "CANCEL"));
    await peer.ping();
  });

  test("That expects a word before the body gets one, unless the answer is there already.", async () => {
    const { port } = await served(new Echo().serve);
    const peer = await RawHttp2.to(port);
    peer.write(headers(1, having({ expect: "100-continue" })));
    expect(peer.fields(await peer.until(isHead))).toEqual([[":status", "100"]]);
    peer.write(data(1, "x", { end: true }), headers(3, having({ expect: "100-continue", ":path": "/early" })));
    expect((await peer.answer(1)).status).toBe("200");
    expect((await peer.answer(3)).status).toBe("200");
  });

  test("HEAD is answered without a body, whatever was said.", async () => {
    const { port } = await served((each, out) => {
      if (each.path === "/whole") out.respond({ status: 200, fields: [["x", "y"]] }, "body", [["t", "u"]]);
      else {
        out.head({ status: 200, fields: [] });
        out.data("body", false);
        out.trailers?.([["t", "u"]]);
      }
      return { answer() {}, data: () => true, room() {}, reset() {} };
    });
    const peer = await RawHttp2.to(port);
    for (const [id, path] of [
      [1, "/whole"],
      [3, "/parts"],
    ] as const) {
      peer.write(headers(id, having({ ":method": "HEAD", ":path": path }), { end: true }));
      expect(await peer.answer(id)).toEqual({ status: "200", body: "", trailers: [] });
    }
  });

  test("Padding and priority are passed over.", async () => {
    const { port } = await served(new Echo().serve);
    const peer = await RawHttp2.to(port);
    const whole = headers(1, POST).subarray(9);
    const padded = Buffer.concat([Buffer.from([3]), numbers(7), Buffer.from([16]), whole, Buffer.alloc(3)]);
    peer.write(
      frame(FRAME.headers, { flags: FLAG.endHeaders | FLAG.padded | FLAG.priority, id: 1 }, padded),
      frame(FRAME.data, { flags: FLAG.padded | FLAG.endStream, id: 1 }, Buffer.from("\u0002ab\0\0")),
    );
    expect((await peer.answer(1)).body).toBe("ab");
  });
});

describe("A body and its end", () => {
  test.each([
    ["longer than said", [data(1, "xxx", { end: true })]],
    ["shorter than said", [data(1, "x", { end: true })]],
    ["shorter than said, ended by trailers", [data(1, "x"), headers(1, [["t", "u"]], { end: true })]],
    ["ended by trailers with a pseudo-header field", [data(1, "xx"), headers(1, [[":path", "/"]], { end: true })]],
    ["followed by a head that does not end it", [data(1, "xx"), headers(1, [["t", "u"]])]],
  ])("%s: the stream is reset.", async (_what, parts) => {
    const { port } = await served(new Echo().serve);
    const peer = await RawHttp2.to(port);
    peer.write(headers(1, having({ "content-length": "2" })), ...parts);
    expect(await peer.resetOf(1)).toBe("PROTOCOL_ERROR");
  });

  test("No body where the head says one is an error too.", async () => {
    const { port } = await served(new Echo().serve);
    const peer = await RawHttp2.to(port);
    peer.write(headers(1, having({ "content-length": "2" }), { end: true }));
    expect(await peer.resetOf(1)).toBe("PROTOCOL_ERROR");
  });

  test("Trailers are heard before the end.", async () => {
    const echo = new Echo();
    const { port } = await served(echo.serve);
    const peer = await RawHttp2.to(port);
    peer.write(headers(1, POST), data(1, "body"), headers(1, [["x-sum", "7"]], { end: true }));
    expect((await peer.answer(1)).body).toBe("body");
    expect(echo.seen).toEqual(["trailers x-sum=7"]);
  });

  test("An answer before the request's end asks the peer to stop, and what was on its way harms nothing.", async () => {
    const { port } = await served(new Echo().serve);
    const peer = await RawHttp2.to(port);
    peer.write(headers(1, having({ ":path": "/early" })));
    expect((await peer.answer(1)).body).toBe("enough");
    expect(await peer.resetOf(1)).toBe("NO_ERROR");
    peer.write(data(1, "more"), windowUpdate(1, 0), headers(1, [["t", "u"]], { end: true }), reset(1, "CANCEL"));
    peer.write(request(3, "/early"));
    expect((await peer.answer(3)).body).toBe("enough");
    await peer.ping();
  });

  test("A whole request whose answer comes at once ends without a reset.", async () => {
    const { port } = await served(new Echo().serve);
    const peer = await RawHttp2.to(port);
    peer.write(request(1, "/early"), request(3, "/echo", "x"));
    const types = [];
    for (let n = 0; n < 4; n += 1) types.push((await peer.next())?.type);
    expect(types).toEqual([FRAME.headers, FRAME.data, FRAME.headers, FRAME.data]);
  });
});

test("A call that its server gives up is reset, whether or not its request is over.", async () => {
  const echo = new Echo();
  const { port } = await served(echo.serve);
  const peer = await RawHttp2.to(port);
  peer.write(request(1, "/hang"), headers(3, having({ ":path": "/hang" })));
  while (echo.held.length < 2) await new Promise(setImmediate);
  echo.held[0]?.reset({ code: "canceled", message: "", details: [], trailers: [] });
  echo.held[1]?.reset({ code: "internal", message: "", details: [], trailers: [] });
  expect(await peer.resetOf(1)).toBe("CANCEL");
  expect(await peer.resetOf(3)).toBe("INTERNAL_ERROR");
  expect(echo.seen).toEqual([]);
});

describe("Streams that are over", () => {
  const AFTER: readonly (readonly [string, Uint8Array, string])[] = [
    ["data after the end", data(1, "x"), "STREAM_CLOSED"],
    ["a head after the end", headers(1, POST), "STREAM_CLOSED"],
    ["data on a stream that was never opened", data(9, "x"), "PROTOCOL_ERROR"],
    ["a reset of a stream that was never opened", reset(9, "INTERNAL_ERROR"), "PROTOCOL_ERROR"],
    ["a reset of a stream that the server would open", reset(10, "CANCEL"), "PROTOCOL_ERROR"],
    ["room on a stream that was never opened", windowUpdate(9, 1), "PROTOCOL_ERROR"],
    ["a head on a stream of an even number", headers(2, POST), "PROTOCOL_ERROR"],
    ["a push", frame(FRAME.pushPromise, { id: 3 }, numbers(2)), "PROTOCOL_ERROR"],
    ["a continuation of nothing", frame(FRAME.continuation, { id: 1 }), "PROTOCOL_ERROR"],
    [
      "another frame within a header block",
      Buffer.concat([frame(FRAME.headers, { id: 3 }), data(3, "x")]),
      "PROTOCOL_ERROR",
    ],
    ["a frame that is too long", frame(FRAME.data, { id: 1 }, Buffer.alloc(16_385)), "FRAME_SIZE_ERROR"],
    ["data on stream 0", data(0, "x"), "PROTOCOL_ERROR"],
    ["settings on a stream", frame(FRAME.settings, { id: 1 }), "PROTOCOL_ERROR"],
    ["settings of a wrong length", frame(FRAME.settings, {}, Buffer.alloc(5)), "FRAME_SIZE_ERROR"],
    ["a ping of a wrong length", frame(FRAME.ping, {}, Buffer.alloc(7)), "FRAME_SIZE_ERROR"],
    ["a goodbye that is too short", frame(FRAME.goaway, {}, Buffer.alloc(7)), "FRAME_SIZE_ERROR"],
    ["a window made larger by nothing", windowUpdate(0, 0), "PROTOCOL_ERROR"],
    ["a frame size that is too small", settings([5, 16_383]), "PROTOCOL_ERROR"],
    ["a window that is too large", settings([4, 0x8000_0000]), "FLOW_CONTROL_ERROR"],
    ["pushes that are neither on nor off", settings([2, 2]), "PROTOCOL_ERROR"],
    [
      "more padding than payload",
      frame(FRAME.headers, { flags: FLAG.padded | FLAG.endHeaders, id: 3 }, Buffer.from([9, 0])),
      "PROTOCOL_ERROR",
    ],
    [
      "a stream that depends on itself",
      frame(FRAME.headers, { flags: FLAG.priority | FLAG.endHeaders, id: 3 }, numbers(3, 0)),
      "PROTOCOL_ERROR",
    ],
  ];

  test.each(AFTER)("%s ends the connection.", async (_what, bytes, code) => {
    const { port, logged } = await served(new Echo().serve);
    const peer = await RawHttp2.to(port);
    peer.write(request(1, "/echo", "x"));
    await peer.answer(1);
    peer.write(bytes);
    expect(await peer.goodbye()).toBe(code);
    await peer.closed;
    expect(logged).toHaveLength(1);
  });

  test("A call that is taken back before its head has left is passed over, since gRPC's C core does so.", async () => {
    const { port, counters } = await served(new Echo().serve);
    const peer = await RawHttp2.to(port);
    peer.write(request(1, "/echo", "x"), reset(3, "CANCEL"), request(5, "/echo", "goes on"));
    expect((await peer.answer(5)).body).toBe("goes on");
    expect(counters.protocolErrors).toBe(0);
    const early = await RawHttp2.to(port);
    early.write(reset(1, "CANCEL"));
    expect(await early.goodbye()).toBe("PROTOCOL_ERROR");
  });

  test("What is not known is passed over: frames, settings, priorities.", async () => {
    const { port } = await served(new Echo().serve);
    const peer = await RawHttp2.to(port);
    peer.write(
      frame(0x77, { flags: 255, id: 1 }, Buffer.alloc(100)),
      settings([99, 7], [8, 1], [0x0a, 1]),
      frame(FRAME.priority, { id: 77 }, Buffer.alloc(5)),
      windowUpdate(0, 1),
      request(1, "/echo", "x"),
      windowUpdate(1, 5),
    );
    expect((await peer.answer(1)).body).toBe("x");
  });

  test("A long stream hears its trailers though many younger ones have been reset.", async () => {
    const { port } = await served(new Echo().serve, {}, { resetsKept: 4 });
    const peer = await RawHttp2.to(port);
    peer.write(headers(1, POST));
    for (let id = 3; id < 43; id += 2) peer.write(headers(id, [[":method", "GET"]]));
    expect(await peer.resetOf(41)).toBe("PROTOCOL_ERROR");
    // The peer has not heard of the first resets, of which nobody knows any more.
    peer.write(data(3, "x"), headers(5, [["t", "u"]], { end: true }));
    peer.write(data(1, "still"), headers(1, [["t", "u"]], { end: true }));
    expect((await peer.answer(1)).body).toBe("still");
  });

  test("More calls than there may be are refused, and are no harm before the limit is known.", async () => {
    const { port } = await served(new Echo().serve, { maxConcurrentCalls: 2 });
    const peer = await RawHttp2.silent(port);
    const ids = Array.from({ length: 1000 }, (_, n) => n * 2 + 1);
    peer.write(Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), settings(), ...ids.map((id) => request(id, "/hang")));
    expect(await peer.resetOf(1999)).toBe("REFUSED_STREAM");
    peer.write(reset(1, "CANCEL"), request(2001, "/echo", "x"));
    expect((await peer.answer(2001)).body).toBe("x");
  });
});

test("After the goodbye, new calls are passed over, and their header blocks still change the table.", async () => {
  const echo = new Echo();
  const { port, connections, logged } = await served(echo.serve);
  const peer = await RawHttp2.to(port);
  peer.write(headers(1, having({ ":path": "/hang" })));
  while (echo.held.length === 0) await new Promise(setImmediate);
  const stopped = connections.stop(5000);
  expect(await peer.parted()).toBe(1);
  const indexed = Buffer.concat([headers(3, POST).subarray(9), Buffer.from([0x40, 1, 0x78, 1, 0x79])]);
  peer.write(
    frame(FRAME.headers, { flags: FLAG.endHeaders, id: 3 }, indexed),
    data(3, "x"),
    windowUpdate(3, 100),
    reset(3, "CANCEL"),
    // An entry of the table that the call which nobody looked at has made.
    frame(FRAME.headers, { flags: FLAG.endHeaders | FLAG.endStream, id: 1 }, Buffer.from([0x80 | 62])),
  );
  await peer.ping();
  expect(echo.seen).toEqual(["trailers x=y"]);
  echo.held[0]?.respond({ status: 200, fields: [] }, "after all");
  expect((await peer.answer(1)).body).toBe("after all");
  await stopped;
  expect(logged).toEqual([]);
});

test.each([1, 2, 7, 100])("A conversation that comes in pieces of %i bytes is the same.", async (size) => {
  const { port } = await served(new Echo().serve);
  const peer = await RawHttp2.silent(port);
  const bytes = Buffer.concat([
    Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    settings([4, 100_000]),
    frame(FRAME.headers, { id: 1 }, headers(1, POST).subarray(9, 20)),
    frame(FRAME.continuation, { flags: FLAG.endHeaders, id: 1 }, headers(1, POST).subarray(20)),
    data(1, "hello "),
    frame(FRAME.ping, {}, Buffer.alloc(8)),
    data(1, "world", { end: true }),
    request(3, "/trailers", "again"),
  ]);
  for (let at = 0; at < bytes.length; at += size) {
    peer.write(bytes.subarray(at, at + size));
    await new Promise(setImmediate);
  }
  expect((await peer.answer(1)).body).toBe("hello world");
  expect(await peer.answer(3)).toEqual({ status: "200", body: "again", trailers: [["x-end", "yes"]] });
});
