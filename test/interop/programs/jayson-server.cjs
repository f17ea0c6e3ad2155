"use strict";
// A JSON-RPC server as the npm package jayson makes it. Usage: jayson-server.cjs http|tcp|ws; prints `port N`.
const { createServer } = require("node:http");
const { announce, peer } = require("./peer.cjs");
const jayson = peer("jayson");

const noted = new Map();
const server = new jayson.Server({
  add: ([a, b], answer) => answer(null, a + b),
  echo: ([value], answer) => answer(null, value),
  fail: (_, answer) => answer({ code: 42, message: "no", data: { why: "because" } }),
  "math.subtract": ({ minuend, subtrahend }, answer) => answer(null, minuend - subtrahend),
  note([key, text], answer) {
    noted.set(key, text);
    answer(null, null);
  },
  noted: ([key], answer) => answer(null, noted.get(key) ?? ""),
});

const [kind] = process.argv.slice(2);
if (kind === "ws") {
  const http = createServer();
  server.websocket({ server: http });
  announce(http.listen(0, "127.0.0.1"));
} else announce(server[kind]().listen(0, "127.0.0.1"));
