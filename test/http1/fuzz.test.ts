import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { Duplex } from "node:stream";
import { expect, test } from "vitest";
import { random, SEED } from "../frame/mutations.js";
import { echo, type Heard, OK, served } from "./outside.js";

const INPUTS = Number(process.env["FUZZ_INPUTS"] ?? 1000);
/** So many connections are open at once. */
const BATCH = 100;

/**
 * Whether node's parser is llhttp 9, from 20.19.2 on. Before, it ends a header block at any CR (CVE-2025-23167), and refuses a chunk's extension behind
 * one that has a value, against RFC 9112 §7.1.1.
 */
const IS_STRICT = Number.parseInt(process.versions["llhttp"] ?? "", 10) >= 9;
const REFUSED_BY_OLDER = /;[^\r\n]*=[^\r\n]*;/u;

/** What clients say, well and badly. */
const SEEDS: readonly string[] = [
  "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
  "GET /a/b?c=d&e HTTP/1.1\r\nHost: x:8080\r\nAccept: */*\r\nX-A: 1\r\nx-a: 2\r\n\r\n",
  'POST /rpc HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 15\r\n\r\n{"id":1,"a":[]}',
  "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
  'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1;a\r\nh\r\n4;b=c;d="e"\r\nello\r\n0;z\r\nA: b\r\nC:\r\n\r\n',
  "HEAD http://x/y HTTP/1.1\r\nHost: x\r\nConnection: keep-alive\r\n\r\n",
  "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n",
  "PUT /z HTTP/1.0\r\nConnection: keep-alive\r\nContent-Length: 3\r\n\r\nabc",
  "DELETE /z HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n",
  "GET / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nUpgrade: foo\r\n\r\n",
  "GET /last HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
];

/** What is put in where it does harm. */
const PIECES: readonly string[] = [
  ...'\r|\n|\t| |\0|:|;|,|0|5|a|\x7f|\x80|\xff|\x0b|"|\\|/|?|#|=|-|+'.split("|"),
  "\r\n",
  "\r\n\r\n",
  "\n\n",
  "\r\n ",
  "\r\r\n",
  "0\r\n\r\n",
  "5\r\nhello\r\n",
  ";a=b",
  ';a="\\""',
  "chunked",
  ", chunked",
  "Host: x\r\n",
  "Content-Length: 5\r\n",
  "Content-Length: 0\r\n",
  "Content-Length : 5\r\n",
  "Transfer-Encoding: chunked\r\n",
  "Transfer-Encoding: identity\r\n",
  "Connection: close\r\n",
  "Connection: keep-alive\r\n",
  "HTTP/1.1",
  "HTTP/1.0",
  "HTTP/1.2",
  "GET ",
  "POST ",
  "CONNECT ",
  "http://",
];

/** What a server made of one request. */
interface Taken {
  readonly method: string | undefined;
  readonly target: string | undefined;
  readonly fields: readonly string[];
  readonly body: string;
}

/** One connection to node's own server. */
interface NodeTalk {
  readonly taken: Taken[];
  over: boolean;
  readonly socket: Duplex;
}

const talks: Map<unknown, NodeTalk> = new Map();

function oracle(): (bytes: Buffer) => NodeTalk {
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    const talk = talks.get(request.socket);
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("error", () => {});
    request.on("end", () => {
      const { method, url, rawHeaders } = request;
      const fields = rawHeaders.map((text, i) => (i % 2 === 0 ? text.toLowerCase() : text));
      talk?.taken.push({ method, target: url, fields, body: Buffer.concat(chunks).toString("latin1") });
      response.end();
    });
  };
  const server = createServer({ keepAliveTimeout: 0, requestTimeout: 0, headersTimeout: 0 }, listener);
  server.on("checkExpectation", listener);
  // Nothing is done about what cannot be read, so that the requests before it are heard to their ends.
  server.on("clientError", (_error, socket) => {
    const talk = talks.get(socket);
    if (talk !== undefined) talk.over = true;
  });
  server.maxHeadersCount = 0;
  return (bytes) => {
    const socket = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
    const talk: NodeTalk = { taken: [], over: false, socket };
    talks.set(socket, talk);
    socket.on("error", () => {});
    socket.on("close", () => (talk.over = true));
    server.emit("connection", socket);
    socket.push(bytes);
    return talk;
  };
}

/** Both name what was asked for: node as it was sent, callwire by its path. */
function targetOf(sent: string | undefined): string {
  const rest = (sent ?? "").replace(/^https?:\/\/[^/?]*/i, "");
  // An empty query is none.
  const target = rest.startsWith("/") || rest === "*" ? rest : `/${rest}`;
  return target.indexOf("?") === target.length - 1 ? target.replace("?", "") : target;
}

function takenBy({ request, body }: Heard): Taken {
  const target = request.query === "" ? request.path : `${request.path}?${request.query}`;
  return { method: request.method, target, fields: request.fields.flat(), body };
}

function mutated(pick: (below: number) => number): Buffer {
  const some = (list: readonly string[]): string => list[pick(list.length)] ?? "";
  let text = Array.from({ length: 1 + pick(3) }, () => some(SEEDS)).join("");
  for (let round = pick(4); round > 0; round -= 1) {
    const at = pick(text.length + 1);
    const kind = pick(6);
    if (kind <= 2) text = text.slice(0, at) + some(PIECES) + text.slice(at + (kind === 0 ? 0 : pick(3)));
    else if (kind === 3) text = text.slice(0, at) + text.slice(at + 1 + pick(6));
    else if (kind === 4) text = text.slice(0, at) + String.fromCharCode(pick(256)) + text.slice(at + 1);
    else {
      // At the beginning of a line, where fields are.
      const line = text.indexOf("\r\n", at) + 2;
      text = text.slice(0, line) + some(PIECES) + text.slice(line);
    }
  }
  return Buffer.from(text, "latin1");
}

test(`What callwire takes of ${INPUTS} mutated connections (FUZZ_SEED=${SEED}), node takes in the same way.`, async () => {
  const pick = random(SEED);
  const node = oracle();
  let taken = 0;
  let refused = 0;
  for (let done = 0; done < INPUTS; done += BATCH) {
    const batch = Array.from({ length: Math.min(BATCH, INPUTS - done) }, () => {
      const bytes = mutated(pick);
      const isCompared = IS_STRICT || !REFUSED_BY_OLDER.test(bytes.toString("latin1"));
      const talk = node(bytes);
      const { outside, session, requests } = served({ whole: echo });
      outside.feed(bytes, [65_536, 1, 7][pick(3)]);
      const ours = requests.filter(({ whole }) => whole).map(takenBy);
      // The same bytes at once and one by one are the same requests.
      const again = served({ whole: echo });
      again.outside.feed(bytes, 1 + pick(20));
      const what = JSON.stringify(bytes.toString("latin1"));
      expect({ what, taken: again.requests.filter(({ whole }) => whole).map(takenBy) }).toEqual({ what, taken: ours });
      expect(again.outside.ended).toBe(outside.ended);
      // Whether the client had to be told to go on is a matter of what had come.
      const answers = (said: string): string => said.replaceAll("HTTP/1.1 100 Continue\r\n\r\n", "");
      expect(answers(again.outside.said())).toBe(answers(outside.said()));
      session.lost({ code: "unavailable", message: "Over.", details: [], trailers: [] });
      taken += ours.length;
      if (outside.ended?.startsWith("failed") === true) refused += 1;
      return { bytes, talk, ours: isCompared ? ours : [], ended: outside.ended };
    });
    for (let turn = 0; turn < 200; turn += 1) {
      if (batch.every(({ talk, ours }) => talk.taken.length >= ours.length)) break;
      await new Promise((resolve) => setImmediate(resolve));
    }
    for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    for (const { bytes, talk, ours, ended } of batch) {
      const theirs = talk.taken.map((each) => ({ ...each, target: targetOf(each.target) }));
      const what = JSON.stringify(bytes.toString("latin1"));
      // Callwire may refuse more, or end the connection sooner, but then it does so.
      expect({ what, taken: theirs.slice(0, ours.length) }).toEqual({ what, taken: ours });
      if (ended === undefined && IS_STRICT)
        expect({ what, taken: theirs.length }).toEqual({ what, taken: ours.length });
      talk.socket.destroy();
      talks.delete(talk.socket);
    }
  }
  // Neither everything nor nothing, or the mutations are no good.
  expect(taken).toBeGreaterThan(INPUTS / 2);
  expect(refused).toBeGreaterThan(INPUTS / 10);
}, 60_000);

test(`Random bytes do no harm to a server (FUZZ_SEED=${SEED}).`, () => {
  const pick = random(SEED + 1);
  for (let i = 0; i < INPUTS; i += 1) {
    const { outside, session, requests } = served({ begun: ({ out }) => pick(2) === 0 && out.respond(OK, "") });
    const noise = Buffer.from(Array.from({ length: pick(60) }, () => pick(256)));
    outside.feed(Buffer.concat([mutated(pick).subarray(0, pick(100)), noise]), 1 + pick(9));
    session.tick(pick(100_000));
    session.finish();
    session.lost({ code: "unavailable", message: "Over.", details: [], trailers: [] });
    for (const { out } of requests) out.respond(OK, "");
    expect(session.open).toBe(0);
  }
});
