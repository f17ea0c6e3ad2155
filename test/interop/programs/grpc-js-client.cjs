"use strict";
// Calls the quickstart's echo service by @grpc/grpc-js. Usage: grpc-js-client.cjs HOST:PORT
const { check, failureOf, run } = require("./peer.cjs");
const { EchoService, grpc } = require("./grpc-js-messages.cjs");

const [address = ""] = process.argv.slice(2);

void run(async () => {
  for (const algorithm of [0, 1, 2]) await checks(["identity", "deflate", "gzip"][algorithm], algorithm);
});

/** The same calls, with requests compressed in some way. */
async function checks(name, algorithm) {
  const client = new EchoService(address, grpc.credentials.createInsecure(), {
    "grpc.default_compression_algorithm": algorithm,
  });
  const echo = (text, { metadata = new grpc.Metadata(), ...options } = {}) =>
    new Promise((resolve, reject) => {
      client.echo({ text }, metadata, options, (error, reply) => (error ? reject(error) : resolve(reply.text)));
    });
  const say = (what, actual, expected) => check(`${what}, ${name}`, actual, expected);

  say("one message", await echo("hello é漢🦊"), "hello é漢🦊");
  say("a long message", (await echo("long ".repeat(100_000))).length, 500_000);
  const texts = Array.from({ length: 200 }, (_, n) => `text ${n}`);
  say("many calls at once", await Promise.all(texts.map((text) => echo(text))), texts);
  const metadata = new grpc.Metadata();
  metadata.set("x-asked", "yes");
  metadata.set("x-asked-bin", Buffer.from([0, 255]));
  say("metadata", await echo("with metadata", { metadata }), "with metadata");

  const error = await failureOf(echo("fail:not_found:No such ü, 100 %."));
  say("an error", [error.code, error.details], [grpc.status.NOT_FOUND, "No such ü, 100 %."]);
  const nothing = await failureOf(
    new Promise((resolve, reject) => {
      const id = (bytes) => bytes;
      const path = "/echo.v1.EchoService/Nothing";
      client.makeUnaryRequest(path, id, id, Buffer.alloc(0), (problem) => (problem ? reject(problem) : resolve()));
    }),
  );
  say("an unknown method", nothing.code, grpc.status.UNIMPLEMENTED);

  say("a stream of answers", await heard(client.count({ to: 100 })), {
    messages: Array.from({ length: 100 }, (_, n) => ({ n: n + 1 })),
    code: grpc.status.OK,
  });
  say("a deadline", (await heard(client.count({ to: 9, delayMs: 60_000 }, { deadline: Date.now() + 50 }))).code, 4);
  const canceled = client.count({ to: 100_000, delayMs: 1 });
  canceled.once("data", () => canceled.cancel());
  say("a cancellation", (await heard(canceled)).code, grpc.status.CANCELLED);

  const sum = await new Promise((resolve, reject) => {
    const call = client.sum((problem, reply) => (problem ? reject(problem) : resolve(reply.sum)));
    for (let n = 1; n <= 100; n += 1) call.write({ n });
    call.end();
  });
  say("a stream of input", sum, 5050);

  const chat = client.chat();
  const answers = heard(chat);
  chat.on("data", ({ text }) => (text === "c" ? chat.end() : chat.write({ text: text === "a" ? "b" : "c" })));
  chat.write({ text: "a" });
  const { messages, code } = await answers;
  say("a talk", [messages.map(({ text }) => text), code], [["a", "b", "c"], grpc.status.OK]);
  const failing = client.chat();
  failing.write({ text: "fail:aborted:Enough." });
  say("an error in a talk", (await heard(failing)).code, grpc.status.ABORTED);
  client.close();
}

/** All messages of a stream, and the code that it ended with. */
function heard(call) {
  const messages = [];
  return new Promise((resolve) => {
    call.on("data", (message) => messages.push(message));
    call.on("error", () => {});
    call.on("status", ({ code }) => resolve({ messages, code }));
  });
}
