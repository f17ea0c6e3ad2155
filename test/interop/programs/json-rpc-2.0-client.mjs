// Calls a callwire server by the npm package json-rpc-2.0. Usage: json-rpc-2.0-client.mjs http://HOST:PORT/|ws://HOST:PORT/
import { once } from "node:events";
import tools from "./peer.cjs";

const { check, failureOf, key, peer, run, untilNoted } = tools;
const { createJSONRPCNotification, createJSONRPCRequest, JSONRPCClient } = peer("json-rpc-2.0");

const [url = ""] = process.argv.slice(2);

function overHttp() {
  const client = new JSONRPCClient(async (request) => {
    const answer = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(request),
    });
    if (answer.status === 200) client.receive(await answer.json());
    else if (answer.status !== 204) throw new Error(`The server answered ${answer.status}: ${await answer.text()}`);
  });
  return client;
}

async function overWebSocket() {
  const ws = new (peer("ws"))(url);
  await once(ws, "open");
  const client = new JSONRPCClient((request) => ws.send(JSON.stringify(request)));
  ws.on("message", (data) => client.receive(JSON.parse(String(data))));
  return client;
}

void run(async () => {
  const client = url.startsWith("ws:") ? await overWebSocket() : overHttp();

  check("by position", await client.request("add", [2, 3]), 5);
  check("by name", await client.request("subtract", { subtrahend: 23, minuend: 42 }), 19);
  check("by the names of a schema", await client.request("demo.Typed.hello", { name: "Ada" }), { text: "hello Ada" });
  check("any value", await client.request("echo", [{ a: [null, "é漢🦊"] }]), { a: [null, "é漢🦊"] });

  const own = await failureOf(client.request("failOwn", []));
  check("an error", { ...own, message: own.message }, { message: "no", code: 42, data: { why: "because" } });
  check("an unknown method", (await failureOf(client.request("missing", []))).code, -32601);
  check("an error without data", (await failureOf(client.request("fail", []))).code, -32009);

  const noted = key();
  client.notify("note", [noted, "noted"]);
  check("a notification is heard", await untilNoted(() => client.request("noted", [noted])), "noted");

  const answers = await client.requestAdvanced([
    createJSONRPCRequest("one", "add", [1, 2]),
    createJSONRPCRequest("two", "missing", []),
    createJSONRPCRequest("three", "subtract", { minuend: 5, subtrahend: 1 }),
  ]);
  const byId = Object.fromEntries(answers.map(({ id, result, error }) => [id, result ?? error.code]));
  check("a batch", byId, { one: 3, two: -32601, three: 4 });
  // Of a batch of nothing but notifications there is no answer to wait for.
  const again = key();
  void client.requestAdvanced([createJSONRPCNotification("note", [again, "again"])]).then(undefined, () => {});
  check("a batch of notifications", await untilNoted(() => client.request("noted", [again])), "again");

  const many = await Promise.all(Array.from({ length: 100 }, (_, n) => client.request("add", [n, 1])));
  check(
    "many at once",
    many,
    Array.from({ length: 100 }, (_, n) => n + 1),
  );
});
