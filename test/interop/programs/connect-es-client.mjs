// Calls the quickstart's echo service by @connectrpc/connect-node, or connect-web over fetch. Usage: connect-es-client.mjs ORIGIN 1.1|2 grpcweb|connect|connect-json|fetch
import { EchoService } from "../../../examples/quickstart/gen/echo_pb.ts";
import { check, failureOf, peer, run } from "./peer.cjs";

const { Code, createClient } = peer("@connectrpc/connect");
const node = peer("@connectrpc/connect-node");
const [baseUrl = "", httpVersion = "", protocol = ""] = process.argv.slice(2);
const TRANSPORTS = {
  grpcweb: (options) => node.createGrpcWebTransport(options),
  connect: (options) => node.createConnectTransport(options),
  "connect-json": (options) => node.createConnectTransport({ ...options, useBinaryFormat: false }),
  fetch: (options) => peer("@connectrpc/connect-web").createConnectTransport(options),
};
/** Fetch sends a request whole. */
const streamsInput = protocol !== "fetch";

await run(async () => {
  await checks("identity", {});
  if (protocol !== "fetch") await checks("gzip", { sendCompression: node.compressionGzip, compressMinBytes: 0 });
});

/** The same calls, with requests compressed or not. */
async function checks(name, options) {
  const transport = TRANSPORTS[protocol]({ baseUrl, httpVersion, ...options });
  const client = createClient(EchoService, transport);
  const say = (what, actual, expected) => check(`${what}, ${protocol}, ${name}, HTTP/${httpVersion}`, actual, expected);

  say("one message", (await client.echo({ text: "hello é漢🦊" })).text, "hello é漢🦊");
  say("a long message", (await client.echo({ text: "long ".repeat(100_000) })).text.length, 500_000);
  const texts = Array.from({ length: 100 }, (_, n) => `text ${n}`);
  const echoed = await Promise.all(texts.map((text) => client.echo({ text })));
  say(
    "many calls at once",
    echoed.map(({ text }) => text),
    texts,
  );
  const headers = { "x-asked": "yes", "x-asked-bin": "AP8" };
  say("metadata", (await client.echo({ text: "with metadata" }, { headers })).text, "with metadata");

  const error = await failureOf(client.echo({ text: "fail:not_found:No such ü, 100 %." }));
  say("an error", [error.code, error.rawMessage], [Code.NotFound, "No such ü, 100 %."]);
  const nothing = { ...EchoService.method.echo, name: "Nothing" };
  const other = createClient({ ...EchoService, methods: [nothing], method: { echo: nothing } }, transport);
  say("an unknown method", (await failureOf(other.echo({}))).code, Code.Unimplemented);

  say(
    "a stream of answers",
    await heard(client.count({ to: 100 })),
    Array.from({ length: 100 }, (_, n) => n + 1),
  );
  const slow = failureOf(heard(client.count({ to: 9, delayMs: 60_000 }, { timeoutMs: 50 })));
  say("a deadline", (await slow).code, Code.DeadlineExceeded);
  const giving = new AbortController();
  const given = failureOf(
    (async () => {
      for await (const { n } of client.count({ to: 100_000, delayMs: 1 }, { signal: giving.signal }))
        if (n === 1) giving.abort();
    })(),
  );
  say("a cancellation", (await given).code, Code.Canceled);
  if (!streamsInput) return;
  const numbers = Array.from({ length: 100 }, (_, n) => ({ n: BigInt(n + 1) }));
  say("a stream of input", (await client.sum(sent(numbers))).sum, 5050n);
  const said = [];
  for await (const { text } of client.chat(sent([{ text: "a" }, { text: "b" }]))) said.push(text);
  say("a talk", said, ["a", "b"]);
  const failing = (async () => {
    for await (const _ of client.chat(sent([{ text: "a" }, { text: "fail:aborted:Enough." }])));
  })();
  say("an error in a talk", (await failureOf(failing)).code, Code.Aborted);
}

async function* sent(messages) {
  yield* messages;
}

async function heard(stream) {
  const numbers = [];
  for await (const { n } of stream) numbers.push(n);
  return numbers;
}
