import { describe, expect, test } from "vitest";
import { RawPeer } from "./raw-peer.js";
import { served } from "./served.js";

const PING = { in: "tools.ping", params: "still here" };
const PONG = { out: "pong", result: "still here" };
const error = (code: string, message?: RegExp): object => ({
  out: "error",
  result: {
    code,
    message: message === undefined ? (expect.any(String) as string) : (expect.stringMatching(message) as string),
  },
});

describe("a frame that cannot be read gets one error frame, and the connection lives on", () => {
  test.each<[what: string, body: string | Uint8Array, message: RegExp]>([
    ["an empty frame", "", /JSON/u],
    ["blanks", "   \n", /JSON/u],
    ["text", "hello", /JSON/u],
    ["JSON that is cut short", '{"in":"ping"', /JSON/u],
    ["two JSON texts", "{}{}", /JSON/u],
    ["JSON with a comment", '{"in":"ping"/* */}', /JSON/u],
    ["a byte order mark", '\uFEFF{"in":"tools.ping"}', /JSON/u],
    ["bytes that are no UTF-8", Uint8Array.of(0x22, 0xff, 0x22), /UTF-8/u],
    ["UTF-16", Uint8Array.from(Buffer.from('{"in":"ping"}', "utf16le")), /JSON/u],
    ["null", "null", /object/u],
    ["a number", "5", /object/u],
    ["a string", '"ping"', /object/u],
    ["an array", '[{"in":"tools.ping","params":"x"}]', /object/u],
    ["an object without a method", "{}", /"in"/u],
    ["params alone", '{"params":"x"}', /"in"/u],
    ["a method that is no string", '{"in":5}', /"in"/u],
    ["a method that is null", '{"in":null}', /"in"/u],
    ["an id that is an object", '{"in":"tools.ping","id":{}}', /"id"/u],
    ["an id that is a boolean", '{"in":"tools.ping","id":true}', /"id"/u],
    ["an id too large to be echoed", '{"in":"tools.ping","id":12345678901234567890}', /"id"/u],
    ["an id beyond all numbers", '{"in":"tools.ping","id":1e999}', /"id"/u],
    ["a timeout that is a string", '{"in":"tools.ping","timeout_ms":"5"}', /"timeout_ms"/u],
    ["a timeout below 0", '{"in":"tools.ping","timeout_ms":-1}', /"timeout_ms"/u],
    ["a flag that is a number", '{"in":"tools.ping","more":1}', /"more"/u],
    ["a flag that is a string", '{"in":"tools.ping","done":"yes"}', /"done"/u],
    ["cancel that is null", '{"in":"tools.ping","cancel":null}', /"cancel"/u],
    ["headers that are an array", '{"in":"tools.ping","headers":[]}', /"headers"/u],
    ["headers that are null", '{"in":"tools.ping","headers":null}', /"headers"/u],
    ["a header with a line break", '{"in":"tools.ping","headers":{"a":"b\\r\\nc: d"}}', /"headers"/u],
    ["a header that is a number", '{"in":"tools.ping","headers":{"a":1}}', /"headers"/u],
    ["a stream without an id", '{"in":"sum","params":1,"more":true}', /"id"/u],
    ["a cancel without an id", '{"in":"tools.ping","cancel":true}', /"id"/u],
    ["a cancel of nothing", '{"cancel":true}', /"id"/u],
    ["an end of nothing", '{"id":null,"done":true}', /"id"/u],
  ])("%s", async (_what, body, message) => {
    const { address, server } = await served();
    const peer = await RawPeer.to(address);
    peer.write(peer.packed(body));
    expect(await peer.hear()).toEqual(error("invalid_argument", message));
    peer.say(PING);
    expect(await peer.hear()).toEqual(PONG);
    expect(server.counters.protocolErrors).toBe(0);
  });

  test.each([
    ['{"in":"tools.ping","id":7,"params":}', 7],
    ['{"in":"tools.ping","id":"seven","params":', "seven"],
    ['{"in":5,"id":7}', 7],
    ['{"id":"seven","headers":5,"in":"tools.ping"}', "seven"],
    [`{"in":"tools.ping","id":7,"params":${"[".repeat(200)}${"]".repeat(200)}}`, 7],
  ])("and the error has the id of the request, where one can be made out: %s", async (body, id) => {
    const { address } = await served();
    const peer = await RawPeer.to(address);
    peer.write(peer.packed(body));
    expect(await peer.hear()).toEqual({ ...error("invalid_argument"), id });
    peer.say(PING);
    expect(await peer.hear()).toEqual(PONG);
  });

  test("errors without an id take their turn among the answers", async () => {
    const { address, bench } = await served();
    const peer = await RawPeer.to(address);
    peer.say({ in: "tools.wait", params: "a" });
    peer.write(peer.packed("nonsense"));
    peer.say(PING);
    await bench.open("a");
    expect(await peer.hearAll(3)).toEqual([{ out: "wait", result: "a" }, error("invalid_argument"), PONG]);
  });

  test("a thousand of them cost nothing but themselves", async () => {
    const { address } = await served();
    const peer = await RawPeer.to(address);
    peer.write(...Array.from({ length: 1000 }, () => peer.packed("{")));
    peer.say(PING);
    const frames = await peer.hearAll(1001);
    expect(frames.slice(0, 1000)).toEqual(Array.from({ length: 1000 }, () => error("invalid_argument")));
    expect(frames[1000]).toEqual(PONG);
  });
});

describe("limits", () => {
  test("a frame may nest as deep as the limit, and no deeper", async () => {
    const { address } = await served({ maxDepth: 10 });
    const peer = await RawPeer.to(address);
    const nested = (depth: number): string => `{"in":"args","params":${"[".repeat(depth - 1)}${"]".repeat(depth - 1)}}`;
    peer.write(peer.packed(nested(10)), peer.packed(nested(11)), peer.packed(nested(1000)));
    expect(await peer.hearAll(3)).toEqual([
      { out: "args", result: expect.any(Array) as unknown[] },
      error("invalid_argument", /10 deep/u),
      error("invalid_argument", /10 deep/u),
    ]);
  });

  test("headers may be as long as the limit, and no longer", async () => {
    const { address } = await served({ maxHeaderBytes: 100 });
    const peer = await RawPeer.to(address);
    peer.say(
      { ...PING, headers: { a: "x".repeat(99) } },
      { ...PING, headers: { a: "x".repeat(100) } },
      { ...PING, id: 7, headers: { a: ["x".repeat(50), "y".repeat(50)] } },
    );
    expect(await peer.hearAll(3)).toEqual([
      PONG,
      error("resource_exhausted", /100 bytes/u),
      { ...error("resource_exhausted", /100 bytes/u), id: 7 },
    ]);
    peer.say(PING);
    expect(await peer.hear()).toEqual(PONG);
  });

  test("a frame of exactly the limit is answered", async () => {
    const { address } = await served({ maxMessageBytes: 1000 });
    const peer = await RawPeer.to(address);
    const params = "x".repeat(1000 - JSON.stringify({ in: "tools.ping", params: "" }).length);
    peer.say({ in: "tools.ping", params });
    expect(await peer.hear()).toEqual({ out: "pong", result: params });
  });

  test.each(["first", "later"])(
    "a frame over the limit is skipped and gets resource_exhausted: as the %s one",
    async (when) => {
      const { address, server } = await served({ maxMessageBytes: 1000 });
      const peer = await RawPeer.to(address);
      if (when === "later") {
        peer.say(PING);
        expect(await peer.hear()).toEqual(PONG);
      }
      peer.say(
        { in: "tools.ping", params: "x".repeat(5000) },
        { in: "tools.ping", id: 7, params: "x".repeat(16_000 - 38) },
        PING,
      );
      expect(await peer.hearAll(3)).toEqual([
        error("resource_exhausted", /1000 bytes/u),
        { ...error("resource_exhausted", /1000 bytes/u), id: 7 },
        PONG,
      ]);
      expect(server.counters.protocolErrors).toBe(0);
    },
  );

  test("a frame over the limit is refused before its body has come", async () => {
    const { address } = await served({ maxMessageBytes: 1000 });
    const peer = await RawPeer.to(address);
    peer.say(PING);
    expect(await peer.hear()).toEqual(PONG);
    const body = JSON.stringify({ in: "tools.ping", id: 1, params: "x".repeat(9000) });
    const frame = peer.packed(body);
    peer.write(frame.subarray(0, 600));
    expect(await peer.hear()).toEqual({ ...error("resource_exhausted"), id: 1 });
    peer.write(frame.subarray(600));
    peer.say(PING);
    expect(await peer.hear()).toEqual(PONG);
  });

  test.each<[string, string]>([
    ["text in the place of a length", "GET / HTTP/1.1\r\n\r\n"],
    ["the longest length", "\xff\xff\xff\xff"],
  ])(
    "a length that cannot be skipped gets resource_exhausted, and then the connection is closed: %s",
    async (_what, text) => {
      const { address, server, logged } = await served({ maxMessageBytes: 1000 });
      const peer = await RawPeer.to(address);
      peer.say(PING);
      peer.write(Buffer.from(text, "latin1"));
      expect(await peer.rest()).toEqual([PONG, error("resource_exhausted", /1000 bytes/u)]);
      expect(server.counters.protocolErrors).toBe(1);
      expect(logged).toEqual([expect.stringContaining("too long to be skipped")]);
    },
  );

  test("a hopeless length ends the calls that were open, and touches no other connection", async () => {
    const { address, bench } = await served();
    const other = await RawPeer.to(address);
    other.say({ in: "tools.wait", params: "other" });
    const peer = await RawPeer.to(address);
    peer.say({ in: "tools.wait", id: 1, params: "mine" }, { in: "forever", id: 2 });
    await bench.arrived("mine");
    peer.write(Buffer.alloc(8, 0xff));
    const frames = await peer.rest();
    expect(frames.at(-1)).toEqual(error("resource_exhausted"));
    expect(bench.heard).toContain("mine: unavailable");
    expect(bench.heard).toContain("forever ended");
    await bench.open("other");
    expect(await other.hear()).toEqual({ out: "wait", result: "other" });
  });

  test("a connection that begins with nothing known is closed, counted and logged", async () => {
    const { address, server, logged } = await served();
    const peer = await RawPeer.to(address);
    peer.write(Buffer.from("SSH-2.0-OpenSSH_9.6\r\n"));
    await expect(peer.hear()).rejects.toThrow();
    expect(server.counters.undetected).toBe(1);
    expect(logged).toEqual([expect.stringContaining("nobody here speaks")]);
  });

  test("a frame that the caller cuts by closing its side gets an error", async () => {
    const { address } = await served();
    const peer = await RawPeer.to(address);
    peer.say(PING);
    peer.write(peer.packed(JSON.stringify(PING)).subarray(0, 20));
    peer.socket.end();
    expect(await peer.rest()).toEqual([PONG, error("invalid_argument", /within a frame/u)]);
  });
});

describe("errors of methods", () => {
  test("an RpcError crosses with its code, message, details and headers", async () => {
    const { address } = await served();
    const peer = await RawPeer.to(address);
    peer.say({ in: "fail", params: ["not_found", "No such thing."] }, { in: "fail", id: 1, params: ["aborted", "é"] });
    const trailers = { "x-why": "because" };
    expect(await peer.hearAll(2)).toEqual([
      { out: "error", result: { code: "not_found", message: "No such thing.", details: [{ at: 1 }] }, trailers },
      { out: "error", id: 1, result: { code: "aborted", message: "é", details: [{ at: 1 }] }, trailers },
    ]);
  });

  test("any other error is internal, its message withheld and told to the log", async () => {
    const { address, logged } = await served();
    const peer = await RawPeer.to(address);
    peer.say({ in: "crash" });
    const text = await peer.text();
    expect(JSON.parse(text)).toEqual(error("internal"));
    expect(text).not.toContain("secret");
    expect(logged).toEqual([expect.stringContaining("a secret")]);
  });

  test("exposeErrors lets its message cross", async () => {
    const { address } = await served({ exposeErrors: true });
    const peer = await RawPeer.to(address);
    peer.say({ in: "crash" });
    expect(await peer.hear()).toEqual(error("internal", /a secret/u));
  });
});
