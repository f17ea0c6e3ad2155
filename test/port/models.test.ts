import { bidi, service } from "callwire";
import { connect } from "callwire/client";
import { expect, test } from "vitest";
import { z } from "zod";
import type { ModelName } from "../../src/models/model-names.js";
import { MODELS, served } from "../models/served.js";
import { asked } from "./asked.js";
import { JSON_TYPE, XML_TYPE, xmlCall } from "./bodies.js";
import { jsonCall } from "./json-call.js";
import { Outsider } from "./outsider.js";

const Streams = service("tools.Streams", { shout: bidi({ input: z.string(), output: z.string() }) });

/** Models under which another call of a connection may be answered while a stream goes on. */
const INTERLEAVED: readonly ModelName[] = ["async", "prefork-async", "pool"];

test.each(MODELS)("Model %s answers XML-RPC, JSON-RPC and streams over a WebSocket.", async (model) => {
  const { server, logged } = await served(model, { workers: 1 });
  const [address = ""] = server.addresses;

  // Whoever says all at once and hangs up is answered, though the protocol has to be loaded first.
  const hasty = await Outsider.to(address);
  hasty.socket.end('{"jsonrpc":"2.0","id":1,"method":"tools.add","params":[2,3]}\n{"jsonrpc"');
  const said = await hasty.rest();
  expect(said).toMatch(/"id":1,"result":5/u);
  expect(said).toMatch(/"code":-32700,"message":"The connection ended within a message\."/u);
  hasty.socket.destroy();

  const xml = xmlCall("tools.add", "<int>2</int>", "<int>3</int>");
  expect((await asked(address, { path: "/RPC2", headers: XML_TYPE, body: xml })).text).toContain("<int>5</int>");
  expect((await asked(address, { headers: XML_TYPE, body: xmlCall("tools.fail") })).text).toContain("Nothing here.");
  expect(await jsonCall(address, "tools.add", [2, 3])).toMatchObject({ result: 5 });
  expect(await jsonCall(address, "tools.fail")).toMatchObject({
    error: { code: -32_005, data: { details: [{ at: 1 }] } },
  });
  const batch = [1, 2, 3].map((n) => ({ jsonrpc: "2.0", id: n, method: "tools.add", params: [n, n] }));
  const { text } = await asked(address, { headers: JSON_TYPE, body: JSON.stringify(batch) });
  expect(JSON.parse(text)).toMatchObject([{ result: 2 }, { result: 4 }, { result: 6 }]);
  expect((await asked(address, { method: "GET" })).text).toContain("tools.Streams\n");

  const client = connect(Streams, address.replace("tcp:", "jsonrpc+ws:"));
  const shouts: string[] = [];
  for await (const shout of client.shout(["a", "b", "c"])) shouts.push(shout);
  expect(shouts).toEqual(["A", "B", "C"]);
  await client[Symbol.asyncDispose]();

  const peer = await Outsider.to(address);
  const [end, add] = [
    '{"jsonrpc":"2.0","method":"rpc.end","params":{"id":1}}\n',
    '{"jsonrpc":"2.0","id":2,"method":"tools.add","params":[2,3]}\n',
  ];
  peer.say('{"jsonrpc":"2.0","id":1,"method":"tools.Streams.shout","params":["a"],"more":true}\n');
  await peer.until(/"value":"A"/u);
  if (INTERLEAVED.includes(model)) {
    peer.say(add);
    await peer.until(/"id":2,"result":5/u);
    peer.say(end);
    await peer.until(/"id":1,"result":null/u);
  } else {
    // A call more than may be open would wait unread, and the stream's end behind it.
    peer.say(end + add);
    await peer.until(/"id":1,"result":null[^]*"id":2,"result":5/u);
  }
  peer.socket.destroy();
  expect(logged).toEqual([]);
});
