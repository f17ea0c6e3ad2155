"use strict";
// Calls a callwire server by the npm package jayson. Usage: jayson-client.cjs http://HOST:PORT/|tcp://HOST:PORT|ws://HOST:PORT/
const events = require("node:events");
const { check, key, peer, run, untilNoted } = require("./peer.cjs");
const jayson = peer("jayson");

const [url = ""] = process.argv.slice(2);
const { protocol, hostname, port } = new URL(url);

async function open() {
  if (protocol === "http:") return jayson.Client.http(url);
  if (protocol === "tcp:") return jayson.Client.tcp({ host: hostname, port: Number(port) });
  const WebSocket = peer("ws");
  const ws = new WebSocket(url);
  await events.once(ws, "open");
  // jayson knows the interface of ws 7, where a message came as a string.
  const text = { send: (...all) => ws.send(...all), on: (name, heard) => ws.on(name, (data) => heard(String(data))) };
  return jayson.Client.websocket({ ws: text });
}

void run(async () => {
  const client = await open();
  /** The whole answer: `{ jsonrpc, id, result }` or with `error`; with an id of null a notification. */
  const ask = (method, params, id) =>
    new Promise((resolve, reject) => {
      client.request(method, params, id, (problem, answer) => (problem ? reject(problem) : resolve(answer)));
    });
  const askAll = (requests) =>
    new Promise((resolve, reject) => {
      client.request(requests, (problem, answers) => (problem ? reject(problem) : resolve(answers)));
    });

  check("by position", await ask("add", [2, 3], 1), { jsonrpc: "2.0", id: 1, result: 5 });
  check("by name", (await ask("subtract", { subtrahend: 23, minuend: 42 }, "a")).result, 19);
  check("with the service's name", (await ask("interop.add", [2, 3], 2)).result, 5);
  check("by the names of a schema", (await ask("demo.Typed.hello", { name: "Ada" }, 3)).result, { text: "hello Ada" });
  const value = [null, true, -1.5, "é漢🦊\n\u0000", { "": [[]], constructor: {} }];
  check("any value", (await ask("echo", [value], 4)).result, value);
  check("an id of text", (await ask("echo", [0], "größe")).id, "größe");
  check("an error", (await ask("failOwn", [], 5)).error, { code: 42, message: "no", data: { why: "because" } });
  check("an unknown method", (await ask("missing", [], 6)).error.code, -32601);
  check("what a schema refuses", (await ask("demo.Typed.hello", { name: 1 }, 7)).error.code, -32602);

  const own = key();
  check("a notification has no answer", await ask("note", [own, "noted"], null), undefined);
  check("a notification is heard", await untilNoted(async () => (await ask("noted", [own], 8)).result), "noted");

  const answers = await askAll([
    client.request("add", [1, 2], undefined, false),
    client.request("subtract", { minuend: 5, subtrahend: 1 }, undefined, false),
    client.request("missing", [], undefined, false),
    client.request("note", [own, "again"], null, false),
  ]);
  check("a batch", answers.map(({ result, error }) => result ?? error.code).toSorted(), [-32601, 3, 4]);
  check("a notification in a batch", (await ask("noted", [own], 9)).result, "again");

  const many = await Promise.all(Array.from({ length: 200 }, (_, n) => ask("add", [n, 1], `many ${n}`)));
  check(
    "many at once",
    many.map(({ result }) => result),
    Array.from({ length: 200 }, (_, n) => n + 1),
  );
});
