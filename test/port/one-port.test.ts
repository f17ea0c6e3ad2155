import { describe, expect, test } from "vitest";
import { served } from "../frame/served.js";
import { socketPlace } from "../matrix/worlds.js";
import { asked } from "./asked.js";
import { JSON_TYPE, XML_TYPE, xmlCall } from "./bodies.js";
import { CALLERS, webSocketTo } from "./callers.js";
import { jsonCall } from "./json-call.js";
import { Outsider } from "./outsider.js";

const CALLS = 30;

// The first of all, so that the code for each protocol has not been loaded yet.
test("A server that is stopped when its first requests have just come answers them.", async () => {
  const json = '{"jsonrpc":"2.0","id":1,"method":"tools.add","params":[2,3]}';
  for (const text of [
    `POST / HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: ${json.length}\r\n\r\n${json}`,
    `${json}\n`,
  ]) {
    const { server, address } = await served();
    const peer = await Outsider.to(address);
    peer.say(text);
    while (server.counters.bytesIn === 0) await new Promise(setImmediate);
    const stopped = server.stop();
    expect(await peer.rest()).toContain('"result":5');
    peer.socket.end();
    await stopped;
  }
});

describe.each([
  ["TCP", (): string => "tcp://127.0.0.1:0"],
  ["a Unix socket", socketPlace],
])("On one port of %s", (_, place) => {
  test("calls by every wire and carrier at the same time get their own answers, and the page is there.", async () => {
    const { server, address, logged } = await served({ listen: [place()] });
    const callers = await Promise.all(Object.values(CALLERS).map((connect) => connect(address)));
    const numbers = Array.from({ length: CALLS }, (_each, n) => n);
    const sums = callers.flatMap((add, at) =>
      numbers.map(async (n) => ({ sum: await add(1000 * at, n), of: 1000 * at + n })),
    );
    const page = await asked(address, { method: "GET" });
    expect(page.status).toBe(200);
    expect(page.text).toContain("tools\n");
    for (const { sum, of } of await Promise.all(sums)) expect(sum).toBe(of);
    expect(server.counters).toMatchObject({ connections: callers.length + 1, undetected: 0, protocolErrors: 0 });
    expect(logged).toEqual([]);
  });
});

test("Every connection may begin with one byte, and go on in a turn of its own.", async () => {
  const { address } = await served();
  const json = '{"jsonrpc":"2.0","id":1,"method":"tools.add","params":[2,3]}';
  const frame = '{"in":"tools.add","params":[2,3]}';
  const xml = xmlCall("tools.add", "<int>2</int>", "<int>3</int>");
  const post = (type: string, body: string): string =>
    `POST / HTTP/1.1\r\nhost: a\r\ncontent-type: ${type}\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
  const openings: readonly (readonly [string, RegExp])[] = [
    [`${json}\n`, /"result":5/u],
    [`Content-Length: ${json.length}\r\n\r\n${json}`, /"result":5/u],
    [`${String.fromCharCode(frame.length)}\0\0\0${frame}`, /"result":5/u],
    [post("application/json", json), /"result":5/u],
    [post("text/xml", xml), /<int>5<\/int>/u],
    ["GET / HTTP/1.1\r\nhost: a\r\n\r\n", /callwire/u],
  ];
  await Promise.all(
    openings.map(async ([text, answer]) => {
      const peer = await Outsider.to(address);
      for (const char of text) {
        peer.say(char);
        await new Promise(setImmediate);
      }
      await peer.until(answer);
    }),
  );
});

describe("A server of some wires", () => {
  test("that speaks frame answers frames, and closes what begins with anything else.", async () => {
    const { server, address, logged } = await served({ wires: ["frame"] });
    expect(server.services[0]?.wires).toEqual(["frame"]);
    const add = await CALLERS["frame"]?.(address);
    expect(await add?.(2, 3)).toBe(5);
    for (const text of [
      "GET / HTTP/1.1\r\nhost: a\r\n\r\n",
      '{"jsonrpc":"2.0","id":1,"method":"tools.add","params":[2,3]}\n',
      "Content-Length: 2\r\n\r\n{}",
    ]) {
      const peer = await Outsider.to(address);
      peer.say(text);
      expect(await peer.rest()).toBe("");
    }
    expect(server.counters.undetected).toBe(3);
    expect(logged).toHaveLength(3);
    expect(logged[0]).toMatch(/nobody here speaks what it began with\.$/u);
  });

  test("that speaks jsonrpc answers it on all carriers, XML with 415, and no frames.", async () => {
    const { server, address } = await served({ wires: ["jsonrpc"] });
    expect(server.services[0]?.wires).toEqual(["jsonrpc"]);
    for (const [name, connect] of Object.entries(CALLERS)) {
      if (name.startsWith("jsonrpc")) expect(await (await connect(address))(2, 3)).toBe(5);
    }
    const xml = await asked(address, { headers: XML_TYPE, body: xmlCall("tools.add") });
    expect(xml).toMatchObject({ status: 415, text: expect.stringContaining("(jsonrpc)") as string });
    expect((await asked(address, { path: "/RPC2", headers: XML_TYPE })).status).toBe(404);
    const page = await asked(address, { method: "GET" });
    expect(page.text).toContain("Wires: jsonrpc\n");
    expect(page.text).not.toContain("frame");
    const peer = await Outsider.to(address);
    peer.say('\x21\0\0\0{"in":"tools.add","params":[2,3]}');
    expect(await peer.rest()).toBe("");
  });

  test("that speaks xmlrpc answers no WebSocket, and JSON with 415.", async () => {
    const { address } = await served({ wires: ["xmlrpc"] });
    const add = await CALLERS["xmlrpc at /RPC2"]?.(address);
    expect(await add?.(2, 3)).toBe(5);
    expect((await asked(address, { headers: JSON_TYPE, body: "{}" })).status).toBe(415);
    await expect(webSocketTo(address)).rejects.toThrow("Unexpected server response: 200");
    const peer = await Outsider.to(address);
    peer.say('{"jsonrpc":"2.0","id":1,"method":"tools.add","params":[2,3]}\n');
    expect(await peer.rest()).toBe("");
  });

  test("of wires that there are not is a mistake that says what there is.", async () => {
    await expect(served({ wires: ["grpd"] })).rejects.toThrow(
      /^There is no wire "grpd": choose of .*frame, .*jsonrpc, .*xmlrpc\.$/u,
    );
  });
});

test("Methods of a contract take one object by every wire over HTTP.", async () => {
  const { address } = await served();
  const said = { name: "Ada" };
  const answer = { text: "hello Ada" };
  expect(await jsonCall(address, "x.y.Streams.hello", said)).toMatchObject({ result: answer });
  expect(await jsonCall(address, "x.y.Streams.hello", [said])).toMatchObject({ result: answer });
  const struct = "<struct><member><name>name</name><value>Ada</value></member></struct>";
  const { text } = await asked(address, { headers: XML_TYPE, body: xmlCall("x.y.Streams.hello", struct) });
  expect(text).toContain("hello Ada");
});
