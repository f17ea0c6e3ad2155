"use strict";
// Calls a callwire server by the npm package xmlrpc. Usage: npm-xmlrpc-client.cjs http://HOST:PORT/RPC2; run it with TZ=UTC, since it writes local times.
const { check, failureOf, peer, run } = require("./peer.cjs");
const client = peer("xmlrpc").createClient(process.argv[2]);

const call = (method, ...params) =>
  new Promise((resolve, reject) => {
    client.methodCall(method, params, (error, value) => (error ? reject(error) : resolve(value)));
  });

void run(async () => {
  check("add", await call("add", 2, 3), 5);
  check("with the service's name", await call("interop.subtract", 42, 23), 19);
  check("a struct", await call("demo.Typed.hello", { name: "Ada" }), { text: "hello Ada" });
  const value = {
    list: [1, -1.5, true, false, "", "<é漢🦊>", [], {}, null],
    when: new Date(Date.UTC(1998, 6, 17, 14, 8, 55)),
  };
  check("any value", await call("echo", value), value);
  const bytes = Buffer.from(Array.from({ length: 256 }, (_, n) => n));
  check("bytes", (await call("echo", bytes)).equals(bytes), true);
  // It reads i8 as text.
  check("an integer beyond 32 bits", (await call("large"))[2], String(2 ** 40));

  const error = await failureOf(call("failOwn"));
  check("a fault", [error.faultCode, error.faultString], [42, "no"]);
  check("an unknown method", (await failureOf(call("missing"))).faultCode, -32601);
  check("the list of methods", (await call("system.listMethods")).includes("interop.add"), true);
  const several = [
    { methodName: "add", params: [2, 3] },
    { methodName: "missing", params: [] },
  ];
  const [sum, missing] = await call("system.multicall", several);
  check("several calls", [sum, missing.faultCode], [[5], -32601]);
});
