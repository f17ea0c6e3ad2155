"use strict";
// Calls a callwire server as a language client would, by the npm package vscode-jsonrpc. Usage: vscode-jsonrpc-client.cjs PORT
const events = require("node:events");
const { connect } = require("node:net");
const { check, failureOf, key, peer, run, untilNoted } = require("./peer.cjs");
const { CancellationTokenSource, createMessageConnection, StreamMessageReader, StreamMessageWriter } =
  peer("vscode-jsonrpc/node");

void run(async () => {
  const socket = connect(Number(process.argv[2]), "127.0.0.1");
  await events.once(socket, "connect");
  const connection = createMessageConnection(new StreamMessageReader(socket), new StreamMessageWriter(socket));
  connection.listen();

  check("by position", await connection.sendRequest("add", 2, 3), 5);
  check("by name", await connection.sendRequest("demo.Typed.hello", { name: "Ada" }), { text: "hello Ada" });
  check("by the names of arguments", await connection.sendRequest("subtract", { subtrahend: 23, minuend: 42 }), 19);
  check("text of any language", await connection.sendRequest("add", "é漢", "🦊"), "é漢🦊");
  check("an answer of null", await connection.sendRequest("note", key(), ""), null);

  const own = await failureOf(connection.sendRequest("failOwn"));
  check("an error", [own.code, own.message, own.data], [42, "no", { why: "because" }]);
  check("an unknown method", (await failureOf(connection.sendRequest("missing"))).code, -32601);

  const noted = key();
  await connection.sendNotification("note", noted, "noted");
  check("a notification is heard", await untilNoted(() => connection.sendRequest("noted", noted)), "noted");

  const source = new CancellationTokenSource();
  const cancelled = failureOf(connection.sendRequest("hang", source.token));
  check("a call beside one that waits", await connection.sendRequest("add", 4, 5), 9);
  source.cancel();
  check("a cancelled call", (await cancelled).code, -32001);

  const many = await Promise.all(Array.from({ length: 200 }, (_, n) => connection.sendRequest("add", n, 1)));
  check(
    "many at once",
    many,
    Array.from({ length: 200 }, (_, n) => n + 1),
  );
});
