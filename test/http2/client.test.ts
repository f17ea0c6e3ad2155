import { describe, expect, test } from "vitest";
import type { HttpRequest } from "../../src/wires/http.js";
import type { ErrorCode } from "../../src/transports/http2/error-code.js";
import { FLAG, FRAME } from "../../src/transports/http2/frame.js";
import type { Http2ClientSession } from "../../src/transports/http2/http2-client-session.js";
import { Heard } from "./heard.js";
import {
  data,
  type Field,
  frame,
  headers,
  numbers,
  type RawFrame,
  RawHttp2,
  rawServer,
  reset,
  settings,
  windowUpdate,
} from "./raw-http2.js";
import { connected } from "./served.js";

const CALL: HttpRequest = { method: "POST", path: "/call", query: "", fields: [] };
const OK: readonly Field[] = [[":status", "200"]];
const isHead = (each: RawFrame): boolean => each.type === FRAME.headers;
const goaway = (last: number, code = 0): Buffer => frame(FRAME.goaway, {}, numbers(last, code));

/** A client and the server that it is connected to, which is this test; settings have been exchanged. */
async function pair(
  options: { settings?: readonly (readonly [number, number])[]; limits?: Parameters<typeof connected>[1] } = {},
): Promise<{ client: Http2ClientSession; server: RawHttp2 }> {
  let arrived: (server: RawHttp2) => void = () => {};
  const arriving = new Promise<RawHttp2>((resolve) => {
    arrived = resolve;
  });
  const port = await rawServer(async (server) => arrived(server));
  const client = await connected(port, options.limits);
  const server = await arriving;
  server.write(settings(...(options.settings ?? [])), frame(FRAME.settings, { flags: FLAG.ack }));
  await server.until((each) => each.type === FRAME.settings && each.flags === FLAG.ack);
  return { client, server };
}

/** Makes a whole call. */
function call(client: Http2ClientSession, body = "x", request: HttpRequest = CALL): Heard {
  const heard = new Heard();
  heard.out = client.ask(request, heard, body);
  return heard;
}

/** Makes a call whose body is still to follow. */
function begin(client: Http2ClientSession): Heard {
  const heard = new Heard();
  heard.out = client.ask(CALL, heard);
  return heard;
}

describe("What a server says to a call", () => {
  const ANSWERS: readonly (readonly [string, readonly Uint8Array[], readonly string[]])[] = [
    ["a body", [headers(1, OK), data(1, "ab"), data(1, "c", { end: true })], ["answer 200", "data 2", "data 1 last"]],
    ["no body", [headers(1, OK, { end: true })], ["answer 200", "data 0 last"]],
    ["an empty body", [headers(1, OK), data(1, "", { end: true })], ["answer 200", "data 0 last"]],
    ["trailers after a body", [headers(1, OK), data(1, "ab"), headers(1, [["t", "u"]], { end: true })], ["answer 200", "data 2", "trailers", "data 0 last"]],
    ["trailers alone", [headers(1, OK), headers(1, [["t", "u"]], { end: true })], ["answer 200", "trailers", "data 0 last"]],
    ["other answers first", [headers(1, [[":status", "100"]]), headers(1, [[":status", "103"], ["link", "x"]]), headers(1, OK, { end: true })], ["answer 200", "data 0 last"]],
    ["the length that it has", [headers(1, [...OK, ["content-length", "2"]]), data(1, "ab", { end: true })], ["answer 200", "data 2 last"]],
    ["a reset", [reset(1, "INTERNAL_ERROR")], ["reset internal"]],
    ["a refusal", [reset(1, "REFUSED_STREAM")], ["reset unavailable"]],
    ["that it is overwhelmed", [reset(1, "ENHANCE_YOUR_CALM")], ["reset resource_exhausted"]],
    ["that it gives up within a body", [headers(1, OK), data(1, "ab"), reset(1, "CANCEL")], ["answer 200", "data 2", "reset canceled"]],
    ["a reset with a number of its own", [frame(FRAME.rstStream, { id: 1 }, numbers(0x1234))], ["reset internal"]],
  ]; // prettier-ignore

  test.each(ANSWERS)("%s", async (_what, parts, told) => {
    const { client, server } = await pair();
    const heard = call(client);
    await server.until(isHead);
    server.write(...parts);
    await heard.over;
    expect(heard.told).toEqual(told);
    expect(client.open).toBe(0);
    // The connection is as good as before.
    const next = call(client);
    server.write(headers(3, OK, { end: true }));
    await next.over;
    expect(next.status).toBeUndefined();
  });

  const BROKEN: readonly (readonly [string, readonly Uint8Array[]])[] = [
    ["without a status", [headers(1, [["x", "y"]])]],
    ["with a status that is none", [headers(1, [[":status", "2e2"]])]],
    ["that changes the protocol", [headers(1, [[":status", "101"]])]],
    ["that is over before it begins", [headers(1, [[":status", "100"]], { end: true })]],
    ["with a name in capitals", [headers(1, [...OK, ["X-Big", "y"]])]],
    ["with a field of requests", [headers(1, [...OK, [":path", "/"]])]],
    ["whose body comes before its head", [data(1, "x")]],
    ["longer than said", [headers(1, [...OK, ["content-length", "1"]]), data(1, "ab")]],
    ["shorter than said", [headers(1, [...OK, ["content-length", "3"]]), data(1, "ab", { end: true })]],
    ["shorter than said, and empty", [headers(1, [...OK, ["content-length", "3"]], { end: true })]],
    [
      "shorter than said, with trailers",
      [headers(1, [...OK, ["content-length", "3"]]), headers(1, [["t", "u"]], { end: true })],
    ],
    ["with two heads", [headers(1, OK), headers(1, OK)]],
    ["with a head in the place of trailers", [headers(1, OK), headers(1, OK, { end: true })]],
  ];

  test.each(BROKEN)("An answer %s ends its call, and no other.", async (_what, parts) => {
    const { client, server } = await pair();
    const heard = call(client);
    const other = call(client);
    await server.until(isHead);
    server.write(...parts);
    await heard.over;
    expect(heard.status).toMatchObject({ code: "internal" });
    expect(await server.resetOf(1)).toBe("PROTOCOL_ERROR");
    server.write(data(1, "on its way"), headers(3, OK, { end: true }));
    await other.over;
    expect(other.status).toBeUndefined();
  });

  const FATAL: readonly (readonly [string, Uint8Array, ErrorCode])[] = [
    ["an answer that nobody asked for", headers(9, OK), "PROTOCOL_ERROR"],
    ["data that nobody asked for", data(9, "x"), "PROTOCOL_ERROR"],
    ["a push", frame(FRAME.pushPromise, { id: 1 }, numbers(2)), "PROTOCOL_ERROR"],
    ["a stream of its own", headers(2, OK), "PROTOCOL_ERROR"],
    [
      "a block that cannot be decoded",
      frame(FRAME.headers, { flags: 4, id: 1 }, Buffer.from([0xff])),
      "COMPRESSION_ERROR",
    ],
    ["that it takes pushes", settings([2, 1]), "PROTOCOL_ERROR"],
    ["a frame that is too long", frame(0x55, {}, Buffer.alloc(16_385)), "FRAME_SIZE_ERROR"],
  ];

  test.each(FATAL)("%s ends the connection.", async (_what, bytes, code) => {
    const { client, server } = await pair();
    const heard = call(client);
    await server.until(isHead);
    server.write(bytes);
    await heard.over;
    expect(heard.status).toMatchObject({ code: "unavailable" });
    expect(["closed", code]).toContain(await server.goodbye());
    expect(client.open).toBe(0);
    const late = call(client);
    expect(late.told).toEqual(["reset unavailable"]);
  });

  test("Heads that are too large end their call.", async () => {
    const { client, server } = await pair({ limits: { maxHeaderBytes: 1000 } });
    const heard = call(client);
    await server.until(isHead);
    server.write(headers(1, [...OK, ["x-long", "y".repeat(2000)]]));
    await heard.over;
    expect(heard.told).toEqual(["reset resource_exhausted"]);
    expect(await server.resetOf(1)).toBe("CANCEL");
  });

  test("First words that are none of HTTP/2 end the connection.", async () => {
    const port = await rawServer(async (server) => server.write(Buffer.from("HTTP/1.1 400 Bad Request\r\n\r\n")));
    const heard = call(await connected(port));
    await heard.over;
    expect(heard.told).toEqual(["reset unavailable"]);
  });

  test("Without a body, a head may say any length: HEAD, 204, 304.", async () => {
    const { client, server } = await pair();
    const head = call(client, "", { ...CALL, method: "HEAD" });
    const none = call(client);
    const same = call(client);
    const long = ["content-length", "100"] as const;
    server.write(headers(1, [...OK, long], { end: true }));
    server.write(
      headers(3, [[":status", "204"]], { end: true }),
      headers(5, [[":status", "304"], long], { end: true }),
    );
    await Promise.all([head.over, none.over, same.over]);
    expect([head, none, same].map(({ status }) => status)).toEqual([undefined, undefined, undefined]);
  });
});

describe("A reader who takes no more", () => {
  test("hears the rest of an answer that has come, whatever became of its stream and connection.", async () => {
    const { client, server } = await pair();
    const heard = call(client);
    heard.takes = false;
    await server.until(isHead);
    server.write(headers(1, OK), data(1, "a"), data(1, "bc"), data(1, "d", { end: true }));
    await server.ping();
    expect(heard.told).toEqual(["answer 200", "data 1"]);
    server.socket.destroy();
    await server.closed;
    while (client.room > 0) await new Promise(setImmediate);
    heard.out?.resume();
    await heard.over;
    expect(heard.body.toString()).toBe("abcd");
    expect(heard.status).toBeUndefined();
  });

  test("holds its own stream up, not the connection.", async () => {
    const { client, server } = await pair();
    const slow = call(client);
    const quick = call(client);
    slow.takes = false;
    await server.until(isHead);
    server.write(headers(1, OK), ...Array.from({ length: 16 }, () => data(1, "x".repeat(16_000))));
    server.write(headers(3, OK), data(3, "quick", { end: true }));
    await quick.over;
    expect(slow.body).toHaveLength(16_000);
    slow.takes = true;
    slow.out?.resume();
    await server.until((each) => each.type === FRAME.windowUpdate && each.id === 1);
    expect(slow.body).toHaveLength(256_000);
  });
});

describe("A request that is not over when its answer is", () => {
  test("is stopped, and its answer stands.", async () => {
    const { client, server } = await pair();
    const heard = begin(client);
    await server.until(isHead);
    server.write(headers(1, OK), data(1, "enough", { end: true }), reset(1, "NO_ERROR"));
    await heard.over;
    expect(heard.told).toEqual(["answer 200", "data 6 last"]);
    expect(await server.resetOf(1)).toBe("NO_ERROR");
    expect(heard.out?.data("more", true)).toBe(true);
    await server.ping();
    expect(client.open).toBe(0);
  });

  test("goes on while the answer does.", async () => {
    const { client, server } = await pair();
    const heard = begin(client);
    await server.until(isHead);
    server.write(headers(1, OK), data(1, "a"));
    while (heard.told.length < 2) await new Promise(setImmediate);
    heard.out?.data("b", true);
    expect((await server.until((each) => each.type === FRAME.data)).payload.toString()).toBe("b");
    server.write(data(1, "c", { end: true }));
    await heard.over;
    expect(heard.body.toString()).toBe("ac");
  });
});

describe("How many calls a server takes", () => {
  test("is known from its settings, and changes with them.", async () => {
    const { client, server } = await pair({ settings: [[3, 2]] });
    expect(client.room).toBe(2);
    const first = call(client);
    call(client);
    expect(client.room).toBe(0);
    expect(call(client).told).toEqual(["reset unavailable"]);
    server.write(headers(1, OK, { end: true }));
    await first.over;
    expect(client.room).toBe(1);
    server.write(settings([3, 0]));
    await server.ping();
    expect(client.room).toBe(0);
    server.write(settings([3, 100]));
    await server.ping();
    expect(client.room).toBe(99);
  });

  test("A request whose fields are more than it takes is not sent.", async () => {
    const { client, server } = await pair({ settings: [[6, 200]] });
    const heard = call(client, "", { ...CALL, fields: [["x-long", "y".repeat(200)]] });
    expect(heard.status?.code).toBe("resource_exhausted");
    const short = call(client);
    server.write(headers(1, OK, { end: true }));
    await short.over;
    expect(short.status).toBeUndefined();
  });

  test.each([
    ["a method", { ...CALL, method: "GE T" }],
    ["a path", { ...CALL, path: "call" }],
  ])("A request with %s that is none is not sent.", async (_what, request) => {
    const { client } = await pair();
    expect(call(client, "", request).status?.code).toBe("invalid_argument");
    expect(client.open).toBe(0);
  });
});

describe("A server that says goodbye", () => {
  test("answers the calls that it has looked at; the others can be made again elsewhere.", async () => {
    const { client, server } = await pair();
    const calls = [call(client), call(client), call(client)];
    await server.until((each) => isHead(each) && each.id === 5);
    server.write(goaway(3));
    await calls[2]?.over;
    expect(calls[2]?.told).toEqual(["reset unavailable"]);
    expect(client.leaving).toBe(true);
    expect(client.room).toBe(0);
    expect(call(client).told).toEqual(["reset unavailable"]);
    // What came for the last one meanwhile harms nobody.
    server.write(
      headers(5, OK),
      data(5, "x"),
      headers(1, OK, { end: true }),
      headers(3, OK),
      data(3, "y", { end: true }),
    );
    await Promise.all([calls[0]?.over, calls[1]?.over]);
    expect(calls.slice(0, 2).map((heard) => heard.status)).toEqual([undefined, undefined]);
  });

  test("in two steps, as servers do that let the peer's last calls in, loses none.", async () => {
    const { client, server } = await pair();
    const heard = call(client);
    server.write(goaway(0x7fff_ffff));
    await server.until(isHead);
    server.write(goaway(1), headers(1, OK, { end: true }));
    await heard.over;
    expect(heard.status).toBeUndefined();
  });

  test("with an error says so.", async () => {
    const { client, server } = await pair();
    const heard = call(client);
    server.write(goaway(0, 11));
    await heard.over;
    expect(heard.status?.message).toContain("ENHANCE_YOUR_CALM");
  });

  test.each([
    ["closes", (server: RawHttp2) => void server.socket.end()],
    ["is lost", (server: RawHttp2) => void server.socket.resetAndDestroy()],
  ])("Calls of a server that %s end.", async (_what, leave) => {
    const { client, server } = await pair();
    const calls = [call(client), begin(client)];
    await server.until((each) => isHead(each) && each.id === 3);
    server.write(headers(1, OK), data(1, "part"));
    while (calls[0]?.told.length !== 2) await new Promise(setImmediate);
    leave(server);
    await Promise.all(calls.map((heard) => heard.over));
    expect(calls.map((heard) => heard.status?.code)).toEqual(["unavailable", "unavailable"]);
    expect(client.room).toBe(0);
  });
});

test("A writer who was told to wait goes on when there is room, and is left alone after a reset.", async () => {
  const { client, server } = await pair({ settings: [[4, 10]] });
  const heard = begin(client);
  const other = begin(client);
  expect(heard.out?.data("0123456789abc", false)).toBe(false);
  expect(other.out?.data("0123456789abc", false)).toBe(false);
  await server.until((each) => each.type === FRAME.data && each.id === 3);
  server.write(reset(3, "REFUSED_STREAM"), windowUpdate(3, 10), windowUpdate(1, 10));
  expect((await server.until((each) => each.type === FRAME.data)).payload.toString()).toBe("abc");
  while (heard.rooms === 0) await new Promise(setImmediate);
  expect(other.rooms).toBe(0);
  expect(other.told).toEqual(["reset unavailable"]);
  expect(heard.out?.data("!", true)).toBe(true);
  expect(await server.until((each) => each.type === FRAME.data)).toMatchObject({ id: 1, flags: FLAG.endStream });
});

test("A call that is given up resets its stream; one that is over does not.", async () => {
  const { client, server } = await pair();
  const heard = call(client);
  const done = call(client);
  await server.until((each) => isHead(each) && each.id === 3);
  server.write(headers(3, OK, { end: true }));
  await done.over;
  const enough = { code: "canceled", message: "Enough.", details: [], trailers: [] } as const;
  done.out?.reset(enough);
  heard.out?.reset(enough);
  const frames: RawFrame[] = [];
  frames.push(await server.until((each) => each.type === FRAME.rstStream));
  expect(frames[0]?.id).toBe(1);
  server.write(headers(1, OK), data(1, "late"));
  await server.ping();
  expect(heard.told).toEqual([]);
});
