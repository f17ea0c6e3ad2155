import { describe, expect, test } from "vitest";
import { DEFAULT_LIMITS } from "../../src/wires/limits.js";
import { echo, type Heard, NOTHING, OK, served } from "./outside.js";

const POST = "POST /rpc?a=b HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello";
const GET = "GET / HTTP/1.1\r\nhost: x\r\n\r\n";

function answer(body: string, more = ""): string {
  return `HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n${more}content-length: ${body.length}\r\n\r\n${body}`;
}

/** What one connection carries, what it is answered, and how the connection ends. */
const CONVERSATIONS: readonly [what: string, said: string, answers: string, ended?: string][] = [
  ["A request without a body", GET, answer("GET / ")],
  ["A request with a length", POST, answer("POST /rpc?a=b hello")],
  ["An empty line before a request is passed over", `\r\n${GET}\r\n${GET}`, answer("GET / ").repeat(2)],
  [
    "A body in chunks",
    "POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: Chunked\r\n\r\n5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n",
    answer("POST / hello!"),
  ],
  [
    "Chunks with extensions and trailers",
    'POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n00a;a;b=c;d="e\\";f"\r\n0123456789\r\n0;z\r\nx-sum: 1\r\nb:\r\n\r\n',
    answer("POST / 0123456789"),
  ],
  [
    "An empty body in chunks",
    "PUT /x HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
    answer("PUT /x "),
  ],
  ["Requests sent ahead", GET + POST + GET, answer("GET / ") + answer("POST /rpc?a=b hello") + answer("GET / ")],
  [
    "A client that wants no more",
    `POST / HTTP/1.1\r\nhost: x\r\nconnection: x, Close\r\ncontent-length: 1\r\n\r\n!${GET}`,
    answer("POST / !", "connection: close\r\n"),
    "left",
  ],
  ["HTTP/1.0", "GET /old HTTP/1.0\r\n\r\n", answer("GET /old ", "connection: close\r\n"), "left"],
  [
    "HTTP/1.0 that is kept",
    "GET /old HTTP/1.0\r\nconnection: keep-alive\r\n\r\n".repeat(2),
    answer("GET /old ", "connection: keep-alive\r\n").repeat(2),
  ],
  [
    "HTTP/1.0 that cannot make up its mind",
    "GET /old HTTP/1.0\r\nconnection: keep-alive, close\r\n\r\n",
    answer("GET /old ", "connection: close\r\n"),
    "left",
  ],
  ["Absolute-form", "GET http://x:1/a?b HTTP/1.1\r\nhost: x:1\r\n\r\n", answer("GET /a?b ")],
  ["Absolute-form without a path", "GET https://x?b HTTP/1.1\r\nhost: x\r\n\r\n", answer("GET /?b ")],
  ["Asterisk-form", "OPTIONS * HTTP/1.1\r\nhost: x\r\n\r\n", answer("OPTIONS * ")],
  [
    "HEAD is answered by the head alone",
    "HEAD / HTTP/1.1\r\nhost: x\r\n\r\n" + GET,
    answer("HEAD / ").slice(0, -7) + answer("GET / "),
  ],
];

describe("A server's session of HTTP/1.1", () => {
  test.each(CONVERSATIONS)("%s, at every split.", (_what, said, answers, ended) => {
    for (const chunkBytes of [65_536, 1, 7]) {
      const { outside, session } = served();
      outside.feed(said, chunkBytes);
      expect(outside.said()).toBe(answers);
      expect(outside.ended).toBe(ended);
      expect(session.open).toBe(0);
      expect(outside.announced).toBe(answers.length);
    }
    for (let at = 1; at < said.length; at += 1) {
      const { outside } = served();
      expect(outside.feed(said.slice(0, at)).said() + outside.feed(said.slice(at)).said(), `split at ${at}`).toBe(
        answers,
      );
      expect(outside.ended).toBe(ended);
    }
  });

  test("Fields come in order, in lower case, without the white space around them.", () => {
    const { outside, requests } = served();
    outside.feed("GET /%20|x HTTP/1.1\r\nHost:x\r\nA: \t b c\t \r\nempty:\r\nA:\xe9\r\n\r\n");
    expect(requests[0]?.request).toMatchObject({ method: "GET", path: "/%20|x", query: "" });
    expect(requests[0]?.request.fields).toEqual([
      ["host", "x"],
      ["a", "b c"],
      ["empty", ""],
      ["a", "é"],
    ]);
  });

  test("A client that repeats its heads gets the same objects, those in between notwithstanding.", () => {
    const { outside, requests } = served();
    const other = POST.replace("5\r\n\r\nhello", "2\r\n\r\nhi");
    outside
      .feed(POST)
      .feed(other)
      .feed(POST + other, 3)
      .feed(GET)
      .feed(POST);
    const [first, second, third, fourth, , sixth] = requests.map(({ request }) => request);
    expect(third).toBe(first);
    expect(fourth).toBe(second);
    expect(sixth).toBe(first);
    expect(second).not.toBe(first);
  });

  test("Heads of the same length are told apart.", () => {
    const { outside, requests } = served();
    for (let i = 0; i < 50; i += 1) outside.feed(`GET /${i % 10} HTTP/1.1\r\nhost: x\r\n\r\n`);
    expect(requests.map(({ request }) => request.path)).toEqual(Array.from({ length: 50 }, (_, i) => `/${i % 10}`));
  });

  test("A body that came whole is told at once, in chunks too.", () => {
    const pieces: [string, boolean][] = [];
    const chunked = "POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
    const { outside } = served({
      whole: ({ body, whole, out }) => {
        pieces.push([body, whole]);
        out.respond(OK, "");
      },
    });
    outside.feed(POST + chunked);
    expect(pieces).toEqual([
      ["hello", true],
      ["hello", true],
    ]);
  });

  test.each(["ascii", "é", "漢漢漢漢", "😀".repeat(25), "", "x".repeat(100_000), "é".repeat(9000), "漢".repeat(34)])(
    "The length of a text is that of its bytes.",
    (text) => {
      const { outside } = served({ whole: ({ out }) => out.respond(OK, text) });
      const bytes = Buffer.from(text);
      for (let i = 0; i < 3; i += 1) {
        expect(outside.feed(GET).said()).toBe(answer(bytes.toString("latin1")));
      }
    },
  );

  test("Texts are whole wherever in the output they end.", () => {
    const { outside, session } = served({ whole: ({ out }) => out.respond(OK, "漢漢漢漢") });
    const one = answer(Buffer.from("漢漢漢漢").toString("latin1"));
    for (let before = 65_400; before < 65_540; before += 1) {
      session.output.push(new Uint8Array(before));
      expect(outside.feed(GET).said().slice(before)).toBe(one);
    }
  });

  test("An answer cannot end its head early, whatever its fields hold.", () => {
    const fields: [string, string][] = [
      ["a", "1\r\nx: 2"],
      ["b", "\u010d\u010ax: 3\0"],
      ["c: d", "4"],
      ["", "5"],
      ["content-length", "6"],
      ["Transfer-Encoding", "chunked"],
      ["connection", "upgrade"],
      ["e", "é\t~"],
    ];
    const { outside } = served({ whole: ({ out }) => out.respond({ status: 299, fields }, "") });
    expect(outside.feed(GET).said()).toBe(
      "HTTP/1.1 299 \r\na: 1??x: 2\r\nb: ??x: 3?\r\ne: \xe9\t~\r\ncontent-length: 0\r\n\r\n",
    );
  });

  test("Some statuses have no body.", () => {
    const { outside } = served({ whole: ({ out }) => out.respond(NOTHING, "x") });
    expect(outside.feed(GET).said()).toBe("HTTP/1.1 204 No Content\r\n\r\n");
    const streamed = served({ whole: ({ out }) => [out.head(NOTHING), out.data("x", false), out.data("y", true)] });
    expect(streamed.outside.feed(GET + GET).said()).toBe("HTTP/1.1 204 No Content\r\n\r\n".repeat(2));
  });
});

describe("An answer in pieces", () => {
  const HEAD = "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n";
  const pieces = ({ out }: Heard): void => {
    out.head(OK);
    out.data("one", false);
    out.data("", false);
    out.data(Uint8Array.of(0x74, 0x77, 0x6f, 0x21), false);
    out.data("é", true);
    out.data("lost", true);
    out.respond(OK, "lost");
  };

  test("goes out in chunks.", () => {
    const chunks = `${HEAD}transfer-encoding: chunked\r\n\r\n3\r\none\r\n4\r\ntwo!\r\n2\r\n\xc3\xa9\r\n0\r\n\r\n`;
    const { outside, session } = served({ whole: pieces });
    expect(outside.feed(GET + GET).said()).toBe(chunks + chunks);
    expect(session.open).toBe(0);
  });

  test("ends with the connection on HTTP/1.0, kept or not.", () => {
    const { outside } = served({ whole: pieces });
    expect(outside.feed("GET / HTTP/1.0\r\nconnection: keep-alive\r\n\r\n").said()).toBe(
      `${HEAD}connection: close\r\n\r\nonetwo!\xc3\xa9`,
    );
    expect(outside.ended).toBe("left");
  });

  test("has no body for HEAD.", () => {
    const { outside } = served({ whole: pieces });
    const head = "HEAD / HTTP/1.1\r\nhost: x\r\n\r\n";
    expect(outside.feed(head + head).said()).toBe(`${HEAD}transfer-encoding: chunked\r\n\r\n`.repeat(2));
  });

  test("waits where there is no room, and goes on when there is.", () => {
    const { outside, session, requests } = served({});
    outside.feed(GET);
    const [heard] = requests;
    heard?.out.head(OK);
    expect(heard?.out.data("x", false)).toBe(true);
    session.drained();
    expect(heard?.rooms).toBe(0);
    outside.full = true;
    expect(heard?.out.data("y", false)).toBe(false);
    outside.full = false;
    session.drained();
    session.drained();
    expect(heard?.rooms).toBe(1);
    expect(heard?.out.data("z", true)).toBe(true);
    expect(session.open).toBe(0);
  });

  test("may begin before the request ends, and the next request waits for both.", () => {
    const { outside, session, requests } = served({ begun: ({ out }) => out.head(OK) });
    outside.feed(POST.slice(0, -2));
    requests[0]?.out.data("early", true);
    expect(session.open).toBe(1);
    outside.feed(`lo${GET}`);
    expect(requests).toHaveLength(2);
    expect(outside.ended).toBeUndefined();
  });
});

describe("Requests and answers", () => {
  test("are never mixed up, whatever is said after the end of an exchange.", () => {
    const { outside, requests } = served({});
    outside.feed(GET + GET + GET);
    expect(requests).toHaveLength(1);
    requests[0]?.out.respond(OK, "1");
    requests[0]?.out.respond(OK, "again");
    requests[0]?.out.data("again", true);
    requests[0]?.out.head(OK);
    requests[0]?.out.resume();
    requests[0]?.out.reset({ code: "canceled", message: "again", details: [], trailers: [] });
    expect(requests).toHaveLength(2);
    requests[1]?.out.respond(OK, "2");
    requests[0]?.out.respond(OK, "again");
    requests[2]?.out.respond(OK, "3");
    expect(outside.said()).toBe(answer("1") + answer("2") + answer("3"));
    expect(outside.ended).toBeUndefined();
  });

  test("may be answered before the way to hear the request is known.", () => {
    const { outside, requests } = served({ begun: ({ out }) => out.respond(OK, "soon") });
    for (const chunkBytes of [65_536, 1]) {
      expect(outside.feed(POST + GET + POST, chunkBytes).said()).toBe(answer("soon").repeat(3));
    }
    expect(requests.map(({ body, reset }) => [body, reset])).toEqual(Array.from({ length: 6 }, () => ["", undefined]));
  });

  test("A long queue of requests that are answered at once is no deep stack.", () => {
    const { outside, requests } = served({ begun: ({ out }) => out.respond(OK, "") });
    outside.feed(GET.repeat(2000));
    expect(requests).toHaveLength(2000);
    const later = served({});
    later.outside.feed(GET.repeat(2000));
    for (let i = 0; i < 2000; i += 1) later.requests[i]?.out.respond(OK, "");
    expect(later.outside.said()).toBe(answer("").repeat(2000));
  });

  test("What is sent ahead is held up at 64 KiB, and let go when it is wanted.", () => {
    const { outside, requests } = served({});
    outside.feed(GET.repeat(4));
    expect(outside.paused).toBe(false);
    outside.feed(GET.repeat(2600), 8000);
    expect(outside.paused).toBe(true);
    requests[0]?.out.respond(OK, "");
    expect(outside.paused).toBe(false);
    for (let i = 1; i < 2604; i += 1) requests[i]?.out.respond(OK, "");
    expect(requests).toHaveLength(2604);
  });

  test("A reader that wants no more is told nothing until it resumes, and what came meanwhile is not lost.", () => {
    const { outside, session, requests } = served({ begun: (heard) => (heard.wants = false), whole: echo });
    outside.feed("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 6\r\n\r\nab");
    expect(outside.paused).toBe(true);
    outside.feed("cd").feed("ef").feed(GET);
    session.finish();
    expect(requests[0]?.body).toBe("ab");
    requests[0]!.wants = true;
    requests[0]?.out.resume();
    expect(outside.paused).toBe(false);
    expect(outside.said()).toBe(answer("POST / abcdef") + answer("GET / "));
  });

  test("Where an answer comes before the end of a small request, its rest is read for nothing.", () => {
    const { outside, requests } = served({
      begun: ({ request, out }) => request.method === "POST" && out.respond(OK, "no"),
      whole: echo,
    });
    outside.feed(`POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 60000\r\n\r\n`).feed("x".repeat(60_000) + GET, 5000);
    expect(outside.said()).toBe(answer("no") + answer("GET / "));
    expect(requests).toHaveLength(2);
    // As much again has come when it is answered.
    outside.feed(`POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 120000\r\n\r\n${"x".repeat(120_000)}${GET}`, 60_000);
    expect(outside.said()).toBe(answer("no") + answer("GET / "));
  });

  test("Where nobody can tell how much of a request is left after its answer, it is read as long as a request may take.", () => {
    const { outside, session } = served({
      begun: ({ request, out }) => request.method === "POST" && out.respond(OK, "no"),
      whole: echo,
    });
    const chunk = "1000\r\n" + "x".repeat(0x1000) + "\r\n";
    const head = "POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n";
    outside.feed(`${head}${chunk.repeat(40)}0\r\n\r\n${GET}${head}`, 5000);
    expect(outside.said()).toBe(answer("no") + answer("GET / ") + answer("no"));
    for (let i = 0; i < 100 && outside.ended === undefined; i += 1) {
      outside.feed(chunk);
      session.tick(1000);
    }
    expect(outside.said()).toBe("");
    expect(outside.ended).toMatch(/^failed: A request has to arrive within/u);
  });

  test("Where much of a request is left after its answer, the connection ends.", () => {
    const { outside, session } = served({ begun: ({ out }) => out.respond(OK, "no") });
    outside.feed(`POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100000\r\n\r\nxx`);
    expect(outside.said()).toBe(answer("no", "connection: close\r\n"));
    expect([outside.ended, session.open]).toEqual(["left", 0]);
    outside.feed("x".repeat(1000));
    expect(outside.said()).toBe("");
  });

  test("A client that waits for 100 gets it, where its body is wanted and it has not begun.", () => {
    const head = "POST / HTTP/1.1\r\nhost: x\r\nexpect: 100-Continue\r\ncontent-length: 5\r\n\r\n";
    const { outside } = served();
    expect(outside.feed(head, 1).said()).toBe("HTTP/1.1 100 Continue\r\n\r\n");
    expect(outside.feed("hello").said()).toBe(answer("POST / hello"));
    expect(outside.feed(`${head}hello`).said()).toBe(answer("POST / hello"));
    expect(outside.feed(head.replace("1.1", "1.0")).said()).toBe("");
    const refusing = served({ begun: ({ out }) => out.respond(OK, "no") });
    expect(refusing.outside.feed(head).said()).toBe(answer("no", "connection: close\r\n"));
    expect(refusing.outside.ended).toBe("left");
    const streaming = served({ begun: ({ out }) => out.head(OK) });
    expect(streaming.outside.feed(head).said()).not.toContain("100 Continue");
    expect(served().outside.feed("GET / HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\n\r\n").said()).toBe(
      answer("GET / "),
    );
  });
});

describe("The end of a connection", () => {
  test("An exchange that its server gives up costs the connection.", () => {
    const { outside, session, requests } = served({});
    outside.feed(GET + GET);
    requests[0]?.out.reset({ code: "internal", message: "Given up.", details: [], trailers: [] });
    expect([outside.ended, session.open, requests.length]).toEqual(["cut: Given up.", 0, 1]);
    expect(requests[0]?.reset).toBeUndefined();
    expect(outside.feed(GET).said()).toBe("");
  });

  test("A server that gives up before it hears the request writes nothing more, 100 included.", () => {
    const gone = { code: "internal", message: "Given up.", details: [], trailers: [] } as const;
    const { outside } = served({ begun: ({ out }) => out.reset(gone) });
    outside.feed("POST / HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: 5\r\n\r\n");
    expect([outside.said(), outside.ended]).toEqual(["", "cut: Given up."]);
  });

  test("A half-close cancels no request that is whole, nor those sent ahead.", () => {
    const { outside, session, requests } = served({});
    outside.feed(GET + GET);
    session.finish();
    expect(session.open).toBe(1);
    requests[0]?.out.respond(OK, "1");
    requests[1]?.out.respond(OK, "2");
    expect(outside.said()).toBe(answer("1") + answer("2"));
    expect(session.open).toBe(0);
  });

  test("A half-close within an answer that is under way ends it: so do browsers give up a stream.", () => {
    const { outside, session, requests } = served({});
    outside.feed(POST);
    requests[0]?.out.head(OK);
    requests[0]?.out.data("1", false);
    session.finish();
    expect(requests[0]?.reset).toMatch(/^canceled: .* within the answer/);
    expect(session.open).toBe(0);
    requests[0]?.out.data("2", true);
    expect(outside.said()).not.toContain("2\r\n");
  });

  test("After a half-close, a client that waits for long is sent up to three interim answers, on HTTP/1.1 alone.", () => {
    for (const [old, version] of [
      [false, "1.1"],
      [true, "1.0"],
    ] as const) {
      const { outside, session, requests } = served({});
      outside.feed(`GET / HTTP/${version}\r\nhost: x\r\n\r\n`);
      session.tick(500);
      expect(outside.said()).toBe("");
      session.finish();
      expect(outside.said()).toBe("");
      const said = Array.from({ length: 5 }, () => {
        session.tick(500);
        return outside.said();
      });
      const interim = "HTTP/1.1 100 Continue\r\n\r\n";
      expect(said).toEqual(old ? ["", "", "", "", ""] : [interim, interim, interim, "", ""]);
      expect(session.open).toBe(1);
      requests[0]?.out.respond(OK, "1");
      expect(outside.said()).toContain("\r\n\r\n1");
    }
  });

  test("After a half-close, nothing comes between the pieces of an answer, or after it.", () => {
    const { outside, session, requests } = served({});
    outside.feed(GET + GET);
    session.finish();
    requests[0]?.out.respond(OK, "1");
    requests[1]?.out.head(OK);
    outside.said();
    session.tick(500);
    expect(outside.said()).toBe("");
    requests[1]?.out.data("2", true);
    outside.said();
    session.tick(500);
    expect(outside.said()).toBe("");
  });

  test("A half-close within a request ends it.", () => {
    const { outside, session, requests } = served({});
    outside.feed(POST.slice(0, -1));
    session.finish();
    expect(requests[0]?.reset).toMatch(/^canceled: .* within the request/);
    expect(session.open).toBe(0);
    requests[0]?.out.respond(OK, "");
    expect(outside.said()).toBe("");
  });

  test("A half-close between requests, or within a head, ends nothing.", () => {
    for (const said of ["", GET.slice(0, 9), GET]) {
      const { outside, session } = served();
      outside.feed(said);
      session.finish();
      expect([outside.ended, session.open]).toEqual([undefined, 0]);
    }
  });

  test("A lost connection ends the open exchange, once.", () => {
    const { outside, session, requests } = served({});
    outside.feed(GET + GET);
    const lost = { code: "unavailable", message: "Lost.", details: [], trailers: [] } as const;
    session.lost(lost);
    session.lost(lost);
    expect(requests[0]?.reset).toBe("unavailable: Lost.");
    expect([session.open, requests.length]).toEqual([0, 1]);
    requests[0]?.out.respond(OK, "");
    expect(outside.said()).toBe("");
  });

  test("A session that retires answers what is open, and begins nothing more.", () => {
    const { outside, session, requests } = served({});
    outside.feed(GET + GET);
    session.retire();
    requests[0]?.out.respond(OK, "1");
    expect(outside.said()).toBe(answer("1", "connection: close\r\n"));
    outside.feed(GET);
    expect([outside.ended, session.open, requests.length]).toEqual(["left", 0, 1]);
  });

  test("A session that retires between requests begins nothing more.", () => {
    const { outside, session, requests } = served();
    outside.feed(GET).feed("GE");
    session.retire();
    outside.feed(`T / HTTP/1.1\r\n\r\n${GET}`);
    expect([requests.length, session.open]).toEqual([1, 0]);
  });

  test("A request that takes too long is refused with 408, whether its head or its body is late.", () => {
    for (const part of [GET.slice(0, 5), POST.slice(0, -1)]) {
      const { outside, session, requests } = served({ limits: { requestTimeoutMs: 1000 }, whole: echo });
      outside.feed(GET).said();
      session.tick(60_000);
      outside.feed(part.slice(0, 3)).feed(part.slice(3));
      session.tick(600);
      outside.said();
      session.tick(400);
      expect(outside.ended).toBeUndefined();
      session.tick(1);
      expect(outside.said()).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n[^]*connection: close\r\n/);
      expect(outside.ended).toMatch(/^failed: .*1000 ms/);
      if (requests.length > 1) expect(requests[1]?.reset).toMatch(/^canceled: /);
      session.tick(5000);
      expect(outside.said()).toBe("");
    }
  });

  test("Time that this end takes is not the client's.", () => {
    const { outside, session, requests } = served({
      limits: { requestTimeoutMs: 1000 },
      begun: (heard) => (heard.wants = false),
    });
    outside.feed(POST.slice(0, -1));
    session.tick(5000);
    outside.feed(POST.slice(-1));
    requests[0]?.out.resume();
    session.tick(5000);
    requests[0]?.out.respond(OK, "");
    expect(outside.said()).toBe(answer(""));
  });

  test("What came beyond a request that changes the protocol is for the next one.", () => {
    const next = served().session;
    const upgraded: boolean[] = [];
    const serving = ({ out }: Heard): void => void upgraded.push(out.upgrade([["upgrade", "websocket"]], () => next));
    for (const when of ["begun", "whole"] as const) {
      const { outside, session } = served({ [when]: serving });
      outside.feed(`GET /chat HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\nframes`);
      expect(outside.said()).toBe(
        "HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\r\n",
      );
      expect(outside.become_).toEqual({ session: next, rest: "frames" });
      expect([session.open, outside.ended]).toEqual([0, undefined]);
    }
    expect(upgraded).toEqual([true, true]);
  });

  test("A protocol that is changed late reads on, even where reading had been held up.", () => {
    const { outside, requests } = served({});
    outside.feed(GET + "x".repeat(100_000), 50_000);
    expect(outside.paused).toBe(true);
    expect(requests[0]?.out.upgrade([], () => served().session)).toBe(true);
    expect(outside.paused).toBe(false);
    expect(outside.become_?.rest).toHaveLength(100_000);
  });

  test("The protocol is not changed within a request, after an answer, or on HTTP/1.0.", () => {
    const { outside, requests } = served({});
    const open = (): never => {
      throw new Error("not now");
    };
    outside.feed(POST.slice(0, -1));
    expect(requests[0]?.out.upgrade([], open)).toBe(false);
    outside.feed(POST.slice(-1));
    requests[0]?.out.respond(OK, "");
    expect(requests[0]?.out.upgrade([], open)).toBe(false);
    outside.feed("GET / HTTP/1.0\r\n\r\n");
    expect(requests[1]?.out.upgrade([], open)).toBe(false);
  });
});

describe("Limits", () => {
  const small = { ...DEFAULT_LIMITS, maxHeaderBytes: 200, maxMessageBytes: 10 };
  const TABLE: readonly [what: string, said: string, status: number, begun: number][] = [
    ["A head that is too long", `GET / HTTP/1.1\r\nhost: x\r\na: ${"x".repeat(200)}\r\n\r\n`, 431, 0],
    ["A head that is too long and has no end", `GET / HTTP/1.1\r\nhost: x\r\na: ${"x".repeat(200)}`, 431, 0],
    ["A target that is too long", `GET /${"x".repeat(300)}`, 414, 0],
    ["A body whose length is over the limit", "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 11\r\n\r\n", 413, 1],
    ["A length beyond all numbers", `POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 999999999999999\r\n\r\n`, 413, 1],
    ["A chunk over the limit", "POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nb\r\n", 413, 1],
    [
      "Chunks over the limit",
      "POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n6\r\n123456\r\n5\r\n",
      413,
      1,
    ],
  ];

  test.each(TABLE)("%s is refused.", (_what, said, status, begun) => {
    for (const chunkBytes of [65_536, 1]) {
      const { outside, session, requests } = served({ limits: small });
      outside.feed(said, chunkBytes);
      expect(outside.said()).toMatch(new RegExp(`^HTTP/1\\.1 ${status} [A-Z][^]*\r\nconnection: close\r\n`));
      expect(outside.ended).toMatch(/^failed: [A-Z].*, and this one has more\.$/);
      expect([session.open, requests.length]).toEqual([0, begun]);
    }
  });

  test("What is just within the limits is taken.", () => {
    const head = `POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\na: `;
    const { outside } = served({ limits: small, whole: echo });
    outside.feed(`${head.padEnd(200, "x")}\r\n\r\n0123456789`);
    expect(outside.said()).toBe(answer("POST / 0123456789"));
  });
});
