import { deflateSync, gunzipSync, gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { decodingAsk } from "../../src/transports/http-coding.js";
import type { HttpAsk, HttpIn, HttpOut, HttpRequest } from "../../src/wires/http.js";
import { OK } from "../../src/call/status.js";
import { Hearing, requestWith, Saying } from "./recorded.js";

const MAX = 100_000;
const TEXT = "an answer that is said again and again, ".repeat(300);
const GZIP = { status: 200, fields: [["content-type", "text/xml"], ["content-encoding", "gzip"]] } as const; // prettier-ignore
const PLAIN = { status: 200, fields: [["content-type", "text/xml"]] } as const;

/** A transport that only listens. */
class Transport {
  readonly requests: HttpRequest[] = [];
  readonly bodies: (string | Uint8Array | undefined)[] = [];
  readonly said: Saying = new Saying();
  heard: HttpIn = new Hearing();
  /** Does something before the way to speak is handed over. */
  early: (heard: HttpIn) => void = () => {};

  readonly ask: HttpAsk = (request, heard, body) => {
    this.requests.push(request);
    this.bodies.push(body);
    this.heard = heard;
    this.early(heard);
    return this.said;
  };

  answer(bytes: Uint8Array, chunkBytes: number = bytes.length): void {
    for (let at = 0; at < bytes.length; at += chunkBytes) {
      const chunk = new Uint8Array(bytes.subarray(at, at + chunkBytes));
      this.heard.data(chunk, { start: 0, end: chunk.length }, at + chunkBytes >= bytes.length);
      chunk.fill(0xaa);
    }
  }
}

function asked(transport: Transport, request = requestWith([]), body?: string): { wire: Hearing; out: HttpOut } {
  const wire = new Hearing();
  return { wire, out: decodingAsk(transport.ask, { maxMessageBytes: MAX })(request, wire, body) };
}

describe("A request", () => {
  test("says that gzip is taken, as the same object each time", () => {
    const transport = new Transport();
    const ask = decodingAsk(transport.ask, { maxMessageBytes: MAX });
    const request = requestWith([["content-type", "text/xml"]]);
    ask(request, new Hearing(), "one");
    ask(request, new Hearing());
    ask(requestWith([]), new Hearing());
    const [one, two, three] = transport.requests;
    expect(one?.fields).toEqual([
      ["content-type", "text/xml"],
      ["accept-encoding", "gzip"],
    ]);
    expect(two).toBe(one);
    expect(three).not.toBe(one);
    expect(transport.bodies).toEqual(["one", undefined, undefined]);
  });

  test("that says what it takes is not contradicted", () => {
    const transport = new Transport();
    const request = requestWith([["accept-encoding", "identity"]]);
    asked(transport, request);
    expect(transport.requests[0]).toBe(request);
  });

  test("of some length leaves in gzip, where that is asked for, with the same head each time", () => {
    const transport = new Transport();
    const ask = decodingAsk(transport.ask, { maxMessageBytes: MAX, gzipRequests: true });
    const request = requestWith([]);
    for (const body of [TEXT, Buffer.from(TEXT), "short", undefined]) ask(request, new Hearing(), body);
    const [text, bytes, short, none] = transport.requests;
    expect(text?.fields).toEqual([
      ["accept-encoding", "gzip"],
      ["content-encoding", "gzip"],
    ]);
    expect(bytes).toBe(text);
    expect(short?.fields).toEqual([["accept-encoding", "gzip"]]);
    expect(none).toBe(short);
    for (const body of transport.bodies.slice(0, 2)) expect(gunzipSync(body ?? "").toString()).toBe(TEXT);
    expect(transport.bodies.slice(2)).toEqual(["short", undefined]);
  });

  test("goes out in pieces, and its room comes back", () => {
    const transport = new Transport();
    const { wire, out } = asked(transport);
    expect(out.data("piece", false)).toBe(false);
    transport.heard.room();
    out.data("last", true);
    expect(wire.rooms).toBe(1);
    expect(transport.said.pieces).toEqual(["piece", "last"]);
    expect(out.upgrade([], () => Object.create(null))).toBe(true);
  });
});

describe("An answer", () => {
  test("without coding is heard as it comes, and resumes the transport", () => {
    const transport = new Transport();
    const { wire, out } = asked(transport);
    wire.reluctant = true;
    transport.heard.answer(PLAIN);
    expect(wire.head).toBe(PLAIN);
    expect(transport.heard.data(Buffer.from("xabcx"), { start: 1, end: 4 }, false)).toBe(false);
    out.resume();
    expect(transport.said.resumes).toBe(1);
    transport.heard.data(new Uint8Array(0), { start: 0, end: 0 }, true);
    expect(wire.body.toString()).toBe("abc");
    expect(wire.lasts).toBe(1);
  });

  test.each([
    ["gzip", gzipSync(TEXT)],
    ["deflate", deflateSync(TEXT)],
  ])("in %s is heard decoded, and its head says nothing of that", async (encoding, bytes) => {
    for (const chunkBytes of [bytes.length, 1, 100]) {
      const transport = new Transport();
      const { wire } = asked(transport);
      transport.heard.answer({ status: 200, fields: [["content-encoding", encoding]] });
      transport.answer(bytes, chunkBytes);
      expect(await wire.over).toBeUndefined();
      expect(wire.head).toEqual({ status: 200, fields: [] });
      expect(wire.body.toString()).toBe(TEXT);
    }
  });

  test("has the same head for the same head", () => {
    const heads = [0, 1].map(() => {
      const transport = new Transport();
      const { wire } = asked(transport);
      transport.heard.answer(GZIP);
      return wire.head;
    });
    expect(heads[0]).toEqual(PLAIN);
    expect(heads[1]).toBe(heads[0]);
  });

  test("of 10 kB that are 10 MB resets the exchange, and little of it is made", async () => {
    const transport = new Transport();
    const { wire } = asked(transport);
    transport.heard.answer(GZIP);
    transport.answer(gzipSync(Buffer.alloc(10_000_000)), 1000);
    expect(await wire.over).toMatchObject({ code: "resource_exhausted" });
    expect(wire.body.length).toBeLessThanOrEqual(MAX);
    expect(transport.said.resets).toMatchObject([{ code: "resource_exhausted" }]);
    expect(wire.lasts).toBe(0);
  });

  test.each([
    ["cut short", gzipSync(TEXT).subarray(0, -9)],
    ["of other bytes", Buffer.from("no gzip at all")],
  ])("in gzip that is %s resets the exchange", async (_what, bytes) => {
    const transport = new Transport();
    const { wire } = asked(transport);
    transport.heard.answer(GZIP);
    transport.answer(bytes, 5);
    expect(await wire.over).toMatchObject({ code: "internal" });
    expect(transport.said.resets).toHaveLength(1);
    expect(wire.lasts).toBe(0);
  });

  test("in another coding resets the exchange, even before it is known how", () => {
    for (const early of [false, true]) {
      const transport = new Transport();
      const answer = (heard: HttpIn): void => heard.answer({ status: 200, fields: [["content-encoding", "br"]] });
      if (early) transport.early = answer;
      const { wire } = asked(transport);
      if (!early) answer(transport.heard);
      expect(wire.resets).toMatchObject([{ code: "internal" }]);
      expect(transport.said.resets).toHaveLength(1);
      expect(transport.heard.data(Buffer.from("x"), { start: 0, end: 1 }, false)).toBe(true);
      transport.heard.room();
      transport.heard.reset(OK);
      expect(wire.resets).toHaveLength(1);
    }
  });

  test("that is lost in its midst is lost, and nothing follows", async () => {
    const transport = new Transport();
    const { wire } = asked(transport);
    transport.heard.answer(GZIP);
    const bytes = gzipSync(TEXT);
    transport.heard.data(bytes, { start: 0, end: 20 }, false);
    transport.heard.reset({ ...OK, code: "unavailable", message: "lost" });
    for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
    expect(wire.resets).toMatchObject([{ code: "unavailable" }]);
    expect(wire.body).toHaveLength(0);
  });

  test("that nobody waits for is not decoded", async () => {
    const transport = new Transport();
    const { wire, out } = asked(transport);
    transport.heard.answer(GZIP);
    transport.answer(gzipSync(TEXT));
    out.reset({ ...OK, code: "canceled" });
    for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
    expect(transport.said.resets).toMatchObject([{ code: "canceled" }]);
    expect(wire.body).toHaveLength(0);
    expect(wire.resets).toEqual([]);
  });

  test("is decoded no faster than it is taken, also when all of it has come", async () => {
    const transport = new Transport();
    const { wire, out } = asked(transport);
    wire.reluctant = true;
    transport.heard.answer(GZIP);
    transport.answer(gzipSync(Buffer.alloc(MAX)));
    while (wire.body.length === 0) await new Promise(setImmediate);
    for (let turn = 0; turn < 10; turn += 1) await new Promise(setImmediate);
    expect(wire.body.length).toBeLessThan(MAX);
    while (wire.lasts === 0) {
      out.resume();
      await new Promise(setImmediate);
    }
    expect(wire.body).toHaveLength(MAX);
  });
});
