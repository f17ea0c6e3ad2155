"use strict";
// The service of echo.proto by @grpc/grpc-js. Usage: grpc-js-server.cjs identity|gzip [reflection]; prints `port N`.
const { EchoService, definition, grpc } = require("./grpc-js-messages.cjs");
const { peer } = require("./peer.cjs");

const [coding = "identity", reflection] = process.argv.slice(2);
const server = new grpc.Server({ "grpc.default_compression_algorithm": coding === "gzip" ? 2 : 0 });

server.addService(EchoService.service, {
  echo(call, answer) {
    const { text } = call.request;
    if (text === "hang") return;
    const trailers = new grpc.Metadata();
    trailers.set("x-end", "yes");
    if (text === "fail") {
      answer({ code: grpc.status.NOT_FOUND, details: "No such ü, 100 %.", metadata: trailers });
      return;
    }
    const head = new grpc.Metadata();
    head.set("x-head", String(call.metadata.get("x-asked")[0] ?? ""));
    call.sendMetadata(head);
    answer(null, call.request, trailers);
  },
  count(call) {
    for (let n = 1; n <= call.request.to; n += 1) call.write({ n });
    if (call.request.delayMs === 0) call.end();
  },
  sum(call, answer) {
    let sum = 0;
    call.on("data", ({ n }) => (sum += n));
    call.on("end", () => answer(null, { sum }));
  },
  chat(call) {
    call.on("data", (message) => {
      if (message.text === "fail") call.emit("error", { code: grpc.status.ABORTED, details: "Enough." });
      else call.write(message);
    });
    call.on("end", () => call.end());
  },
});

if (reflection === "reflection") {
  const { ReflectionService } = peer("@grpc/reflection");
  new ReflectionService(definition).addToServer(server);
}

server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  process.stdout.write(`port ${port}\n`);
});
