"use strict";
// An XML-RPC server as the npm package xmlrpc makes it. Usage: npm-xmlrpc-server.cjs; prints `port N`; run it with TZ=UTC, since it writes local times.
const { announce, peer } = require("./peer.cjs");

const server = peer("xmlrpc").createServer({ host: "127.0.0.1", port: 0 }, () => announce(server.httpServer));
server.on("add", (_, [a, b], answer) => answer(null, a + b));
server.on("echo", (_, [value], answer) => answer(null, value));
server.on("deep.down.add", (_, [a, b], answer) => answer(null, a + b));
server.on("fail", (_, _params, answer) => answer({ faultCode: 42, faultString: "no" }));
