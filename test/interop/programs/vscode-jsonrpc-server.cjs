"use strict";
// A server that speaks as language servers do, by the npm package vscode-jsonrpc. Usage: vscode-jsonrpc-server.cjs; prints `port N`.
const { createServer } = require("node:net");
const { announce, peer } = require("./peer.cjs");
const { createMessageConnection, ResponseError, StreamMessageReader, StreamMessageWriter } =
  peer("vscode-jsonrpc/node");

const server = createServer((socket) => {
  const connection = createMessageConnection(new StreamMessageReader(socket), new StreamMessageWriter(socket));
  connection.onRequest("add", (a, b) => a + b);
  connection.onRequest("echo", (value) => value);
  connection.onRequest("math.subtract", ({ minuend, subtrahend }) => minuend - subtrahend);
  connection.onRequest("fail", () => new ResponseError(42, "no", { why: "because" }));
  connection.onError(() => {});
  connection.listen();
});
announce(server.listen(0, "127.0.0.1"));
