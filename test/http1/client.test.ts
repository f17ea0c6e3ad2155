import { describe, expect, test } from "vitest";
import { random, SEED } from "../frame/mutations.js";
import { asking, served } from "./outside.js";

const HEAD = "POST /rpc HTTP/1.1\r\nhost: example.org:8080\r\n";

/** What a server answers, what is heard of it, and whether the connection carries another request. */
const ANSWERS: readonly [what: string, said: string, status: number, body: string, leaving: boolean][] = [
  ["A body with a length", "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello", 200, "hello", false],
  ["An empty body", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 200, "", false],
  ["A status without words", "HTTP/1.1 500 \r\ncontent-length: 1\r\n\r\n!", 500, "!", false],
  ["A status without words and without their space", "HTTP/1.1 500\r\ncontent-length: 1\r\n\r\n!", 500, "!", false],
  ["Words of other letters", "HTTP/1.1 200 \xd6k\r\ncontent-length: 1\r\n\r\n!", 200, "!", false],
  [
    "A body in chunks",
    "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2;a\r\nhe\r\n3\r\nllo\r\n0\r\nx: y\r\n\r\n",
    200,
    "hello",
    false,
  ],
  ["No content", "HTTP/1.1 204 No Content\r\n\r\n", 204, "", false],
  [
    "Not modified, with the length that it would have",
    "HTTP/1.1 304 Not Modified\r\ncontent-length: 9\r\n\r\n",
    304,
    "",
    false,
  ],
  [
    "Words on the way",
    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n!",
    200,
    "!",
    false,
  ],
  ["A server that leaves", "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 1\r\n\r\n!", 200, "!", true],
  ["A status that there is not", "HTTP/1.1 800 What\r\ncontent-length: 1\r\n\r\n!", 800, "!", false],
  ["HTTP/1.0", "HTTP/1.0 200 OK\r\ncontent-length: 1\r\n\r\n!", 200, "!", true],
  ["HTTP/1.0 that is kept", "HTTP/1.0 200 OK\r\nconnection: Keep-Alive\r\ncontent-length: 1\r\n\r\n!", 200, "!", false],
];

describe("A client's session of HTTP/1.1", () => {
  test.each(ANSWERS)("%s, at every split.", (_what, said, status, body, leaving) => {
    for (let at = 0; at <= said.length; at += 1) {
      const { outside, session, ask } = asking();
      const { heard } = ask({}, "x");
      if (at === 0) outside.feed(said, 1);
      else outside.feed(said.slice(0, at)).feed(said.slice(at));
      expect([heard.head?.status, heard.body, heard.whole, heard.reset]).toEqual([status, body, true, undefined]);
      expect([session.open, session.leaving, outside.ended]).toEqual([0, leaving, leaving ? "left" : undefined]);
    }
  });

  test("An answer without a length ends with the connection.", () => {
    for (const version of ["1.0", "1.1"]) {
      const { outside, session, ask } = asking();
      const { heard } = ask({}, "x");
      outside.feed(`HTTP/${version} 200 OK\r\n\r\nhello`, 3);
      expect([heard.whole, session.open, session.leaving]).toEqual([false, 1, true]);
      session.finish();
      expect([heard.body, heard.whole, heard.reset, session.open]).toEqual(["hello", true, undefined, 0]);
    }
  });

  test("An answer to HEAD has no body, whatever length it names.", () => {
    const { outside, session, ask } = asking();
    const answer = "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n";
    for (const [method, body] of [
      ["GET", "hello"],
      ["HEAD", ""],
      ["GET", "hello"],
      ["HEAD", ""],
    ] as const) {
      const { heard } = ask({ method }, "");
      outside.feed(answer + body);
      expect([heard.body, heard.whole, session.open]).toEqual([body, true, 0]);
    }
  });

  test("A request is written with its length, its fields, and a host.", () => {
    const { outside, ask } = asking();
    const fields = [
      ["content-type", "text/plain"],
      ["a", "é"],
    ] as const;
    ask({ path: "/a", query: "b=c", fields }, "hé");
    expect(outside.said()).toBe(
      "POST /a?b=c HTTP/1.1\r\nhost: example.org:8080\r\ncontent-type: text/plain\r\na: \xe9\r\ncontent-length: 3\r\n\r\nh\xc3\xa9",
    );
    expect(outside.announced).toBeGreaterThan(0);
  });

  test("A request that needs no body says nothing of one.", () => {
    for (const method of ["GET", "HEAD", "DELETE"]) {
      const { outside, ask } = asking();
      ask({ method, path: "" }, "");
      expect(outside.said()).toBe(`${method} / HTTP/1.1\r\nhost: example.org:8080\r\n\r\n`);
    }
    const { outside, ask } = asking();
    ask({}, "");
    expect(outside.said()).toBe(`${HEAD}content-length: 0\r\n\r\n`);
  });

  test("A body that follows goes out in chunks, and waits where there is no room.", () => {
    const { outside, session, ask } = asking();
    const { heard, out } = ask({});
    expect(outside.said()).toBe(`${HEAD}transfer-encoding: chunked\r\n\r\n`);
    expect(out.data("one", false)).toBe(true);
    outside.full = true;
    expect(out.data(new Uint8Array(16), false)).toBe(false);
    session.drained();
    session.drained();
    expect(heard.rooms).toBe(1);
    out.data("", true);
    out.data("lost", true);
    expect(outside.said()).toBe(`3\r\none\r\n10\r\n${"\0".repeat(16)}\r\n0\r\n\r\n`);
  });

  test("No request can be made of another: what a target may not hold is percent-encoded, fields end where they should.", () => {
    const { outside, ask } = asking();
    const fields = [
      ["x", "1\r\nhost: y"],
      ["y\r\n", "2"],
      ["content-length", "3"],
      ["host", "y"],
    ] as const;
    ask({ path: "/a b\r\n漢\ud800#", query: 'x="\0"', fields }, "");
    expect(outside.said()).toBe(
      "POST /a%20b%0D%0A%E6%BC%A2%EF%BF%BD%23?x=%22%00%22 HTTP/1.1\r\nhost: example.org:8080\r\nx: 1??host: y\r\ncontent-length: 0\r\n\r\n",
    );
  });

  test("What cannot be sent at all is reset with the reason, and the next request can be.", () => {
    const { outside, session, ask } = asking();
    expect(ask({ method: "GET /x" }, "").heard.reset).toMatch(/^invalid_argument: Method "GET \/x" /);
    expect(ask({ path: "rpc" }, "").heard.reset).toMatch(/^invalid_argument: Path "rpc" /);
    expect([outside.said(), session.open]).toEqual(["", 0]);
    expect(ask({}, "").heard.reset).toBeUndefined();
  });

  test("There is one exchange at a time, and the next when it is over.", () => {
    const { outside, session, ask } = asking();
    const { heard } = ask({}, "1");
    expect(session.open).toBe(1);
    expect(ask({}, "2").heard.reset).toMatch(/^unavailable: /);
    let next: ReturnType<typeof ask> | undefined;
    heard.onWhole = () => (next = ask({}, "3"));
    outside.said();
    outside.feed("HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n!");
    expect(outside.said()).toBe(`${HEAD}content-length: 1\r\n\r\n3`);
    expect(session.open).toBe(1);
    outside.feed("HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n?");
    expect([heard.body, next?.heard.body]).toEqual(["!", "?"]);
  });

  test("A server says how long it keeps the connection.", () => {
    const { outside, session, ask } = asking();
    expect(session.keepAliveMs).toBe(4000);
    for (const [field, ms] of [
      ["timeout=60", 59_000],
      ["max=5, timeout=1", 0],
      ["timeout=0", 0],
      ["", 0],
      ["TIMEOUT=5, max=3", 4000],
    ] as const) {
      ask({}, "");
      outside.feed(`HTTP/1.1 200 OK\r\nkeep-alive: ${field}\r\ncontent-length: 0\r\n\r\n`);
      expect(session.keepAliveMs).toBe(ms);
    }
  });

  test("A reader that wants no more is told nothing until it resumes, though the server has left.", () => {
    for (const [head, body] of [
      ["content-length: 6", "abcdef"],
      ["x: y", "abcdef"],
      ["transfer-encoding: chunked", "6\r\nabcdef\r\n0\r\n\r\n"],
    ]) {
      const { outside, session, ask } = asking();
      const { heard, out } = ask({}, "");
      heard.wants = false;
      const chunked = head?.includes("chunked") === true;
      outside.feed(`HTTP/1.1 200 OK\r\n${head}\r\n\r\n${body?.slice(0, chunked ? 5 : 2)}`);
      expect(outside.paused).toBe(true);
      outside.feed(body?.slice(chunked ? 5 : 2) ?? "");
      expect(heard.body).toBe("ab");
      out.resume();
      expect([heard.body, outside.paused]).toEqual([chunked || head !== "x: y" ? "abcdef" : "abcdef", head === "x: y"]);
      // The goodbye comes while nothing is read: only then is an answer without a length whole.
      session.finish();
      if (head === "x: y") {
        expect(heard.whole).toBe(false);
        heard.wants = true;
        out.resume();
      }
      expect([heard.body, heard.whole, heard.reset, session.open]).toEqual(["abcdef", true, undefined, 0]);
    }
  });

  test("What is cut short while its reader wants no more is not taken for whole.", () => {
    const { outside, session, ask } = asking();
    const { heard, out } = ask({}, "");
    heard.wants = false;
    outside.feed("HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nab").feed("cd");
    session.finish();
    expect(heard.reset).toBeUndefined();
    heard.wants = true;
    out.resume();
    expect([heard.body, heard.whole]).toEqual(["abcd", false]);
    expect(heard.reset).toMatch(/^unavailable: example\.org:8080 closed the connection within its answer/);
  });

  test("A server that changes the protocol when asked hands over the connection.", () => {
    const next = served().session;
    const { outside, session, ask } = asking();
    const { heard, out } = ask({ method: "GET", fields: [["upgrade", "websocket"]] }, "");
    expect(outside.said()).toBe(
      "GET /rpc HTTP/1.1\r\nhost: example.org:8080\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\r\n",
    );
    heard.onHead = () => expect(out.upgrade([], () => next)).toBe(true);
    outside.feed("HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\n\r\nframes");
    expect(outside.become_).toEqual({ session: next, rest: "frames" });
    expect([session.open, session.leaving, heard.reset]).toEqual([0, true, undefined]);
  });

  test("The protocol is changed by an answer 101 only.", () => {
    const { outside, ask } = asking();
    const { heard, out } = ask({}, "");
    const open = (): never => {
      throw new Error("not now");
    };
    expect(out.upgrade([], open)).toBe(false);
    heard.onHead = () => expect(out.upgrade([], open)).toBe(false);
    outside.feed("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
    expect(heard.whole).toBe(true);
  });
});

/** What a server says that cannot be taken, and how the exchange and the connection end. */
const BROKEN: readonly [what: string, said: string, reset: RegExp, ended: RegExp][] = [
  ["What is no HTTP", "SSH-2.0-OpenSSH_9.6\r\n\r\n", /^internal: /, /^failed: /],
  ["HTTP/2", "HTTP/2.0 200 OK\r\n\r\n", /^internal: /, /^failed: /],
  ["A status of two digits", "HTTP/1.1 20 OK\r\n\r\n", /^internal: /, /^failed: /],
  ["A status that cannot be", "HTTP/1.1 099 OK\r\n\r\n", /^internal: /, /^failed: /],
  ["Lines that end with LF", "HTTP/1.1 200 OK\n\n", /^internal: /, /^failed: /],
  ["A space before a colon", "HTTP/1.1 200 OK\r\ncontent-length : 5\r\n\r\n", /^internal: /, /^failed: /],
  ["A line that goes on", "HTTP/1.1 200 OK\r\na: b\r\n c\r\n\r\n", /^internal: /, /^failed: /],
  ["Two lengths", "HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\n", /^internal: /, /^failed: /],
  [
    "A length and chunks",
    "HTTP/1.1 200 OK\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n",
    /^internal: /,
    /^failed: /,
  ],
  ["A coding that is not known", "HTTP/1.1 200 OK\r\ntransfer-encoding: gzip\r\n\r\n", /^internal: /, /^failed: /],
  ["Chunks that are none", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n", /^internal: /, /^failed: /],
  ["A protocol that nobody asked for", "HTTP/1.1 101 Switching Protocols\r\n\r\n", /^internal: /, /^failed: /],
  [
    "A head that is too long",
    `HTTP/1.1 200 OK\r\na: ${"b".repeat(300)}`,
    /^resource_exhausted: .* 200 bytes/,
    /^cut: /,
  ],
  [
    "A length over the limit",
    "HTTP/1.1 200 OK\r\ncontent-length: 11\r\n\r\n",
    /^resource_exhausted: .* 10 bytes/,
    /^cut: /,
  ],
  [
    "A chunk over the limit",
    "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nb\r\n",
    /^resource_exhausted: /,
    /^cut: /,
  ],
  ["A body without a length over the limit", "HTTP/1.1 200 OK\r\n\r\n0123456789a", /^resource_exhausted: /, /^cut: /],
];

describe("An answer that cannot be taken", () => {
  test.each(BROKEN)("%s ends its exchange and the connection, at every split.", (_what, said, reset, ended) => {
    for (let at = 0; at <= said.length; at += 1) {
      const { outside, session, ask } = asking({ maxHeaderBytes: 200, maxMessageBytes: 10 });
      const { heard } = ask({}, "");
      if (at === 0) outside.feed(said, 1);
      else outside.feed(said.slice(0, at)).feed(said.slice(at));
      expect(heard.reset).toMatch(reset);
      expect(outside.ended).toMatch(ended);
      expect([session.open, session.leaving, heard.whole]).toEqual([0, true, false]);
      expect(ask({}, "").heard.reset).toMatch(/^unavailable: /);
    }
  });

  test("A connection that ends within an answer, or before it, ends the exchange, at every length.", () => {
    const said = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
    for (let at = 0; at < said.length; at += 1) {
      const { outside, session, ask } = asking();
      const { heard } = ask({}, "");
      outside.feed(said.slice(0, at));
      session.finish();
      const when = at < said.indexOf("\r\n\r\n") + 4 ? "before it answered" : "within its answer";
      expect(heard.reset).toBe(`unavailable: example.org:8080 closed the connection ${when}.`);
      expect([heard.whole, session.open, session.leaving]).toEqual([false, 0, true]);
    }
  });

  test("An answer that nobody asked for ends the connection.", () => {
    const { outside, session } = asking();
    outside.feed("HTTP/1.1 408 Request Timeout\r\n\r\n");
    expect(outside.ended).toMatch(/^failed: /);
    expect(session.leaving).toBe(true);
    const second = asking();
    second.ask({}, "");
    second.outside.feed("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\nHTTP/1.1 200 OK\r\n");
    expect(second.outside.ended).toMatch(/^failed: /);
  });

  test("A lost connection ends the open exchange, once; so does the end without a goodbye of an answer without a length.", () => {
    const { outside, session, ask } = asking();
    const { heard } = ask({}, "");
    outside.feed("HTTP/1.1 200 OK\r\n\r\nhel");
    session.lost({ code: "unavailable", message: "Lost.", details: [], trailers: [] });
    session.lost({ code: "unavailable", message: "Again.", details: [], trailers: [] });
    session.finish();
    expect([heard.reset, heard.whole, session.open]).toEqual(["unavailable: Lost.", false, 0]);
  });

  test("Who gives up an exchange gives up the connection, and is told nothing more.", () => {
    const { outside, session, ask } = asking();
    const { heard, out } = ask({}, "");
    const status = { code: "canceled", message: "Never mind.", details: [], trailers: [] } as const;
    out.reset(status);
    out.reset(status);
    outside.feed("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
    expect([heard.head, heard.reset, outside.ended]).toEqual([undefined, undefined, "cut: Never mind."]);
    expect([session.open, session.leaving]).toEqual([0, true]);
  });

  test("Giving up what is over costs nothing.", () => {
    const { outside, ask } = asking();
    const { out } = ask({}, "");
    outside.feed("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
    out.reset({ code: "canceled", message: "Never mind.", details: [], trailers: [] });
    expect(outside.ended).toBeUndefined();
  });

  test("A request that is answered before it has been said costs the connection.", () => {
    const { outside, session, ask } = asking();
    const { heard, out } = ask({});
    out.data("x", false);
    outside.feed("HTTP/1.1 413 Content Too Large\r\ncontent-length: 0\r\n\r\n");
    expect([heard.whole, session.open, session.leaving, outside.ended]).toEqual([true, 0, true, "left"]);
    outside.said();
    out.data("lost", true);
    expect(outside.said()).toBe("");
  });

  test("A session that retires asks no more, and hears what is open to its end.", () => {
    const { outside, session, ask } = asking();
    const { heard } = ask({}, "");
    session.retire();
    expect(ask({}, "").heard.reset).toMatch(/^unavailable: /);
    outside.feed("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
    expect([heard.body, heard.whole, session.open]).toEqual(["ok", true, 0]);
  });

  test(`Random bytes do no harm to a client (FUZZ_SEED=${SEED}).`, () => {
    const pick = random(SEED + 2);
    for (let i = 0; i < 1500; i += 1) {
      const { outside, session, ask } = asking({ maxMessageBytes: 100 });
      const { heard } = ask({}, "");
      const said = Buffer.from(ANSWERS[pick(ANSWERS.length)]?.[1] ?? "", "latin1");
      for (let round = pick(5); round > 0; round -= 1)
        said[pick(said.length)] = pick(4) === 0 ? 10 + pick(4) : pick(256);
      outside.feed(Buffer.concat([said, Buffer.from([pick(256), pick(256)])]), 1 + pick(20));
      session.finish();
      session.lost({ code: "unavailable", message: "Over.", details: [], trailers: [] });
      expect(session.open).toBe(0);
      expect(heard.whole).toBe(heard.reset === undefined);
    }
  });
});
