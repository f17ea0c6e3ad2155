"use strict";
// TestService by @grpc/grpc-js. Usage: grpc-js-testing-server.cjs identity|gzip; prints `port N`.
const { ECHO, grpc, testing } = require("./grpc-js-testing.cjs");

const [coding = "identity"] = process.argv.slice(2);
const server = new grpc.Server({ "grpc.default_compression_algorithm": coding === "gzip" ? 2 : 0 });

server.addService(testing.TestService.service, {
  emptyCall: (_call, answer) => answer(null, {}),
  unaryCall(call, answer) {
    const trailers = echoed(call);
    const error = failure(call.request, trailers);
    if (error === undefined) answer(null, { payload: { body: Buffer.alloc(call.request.responseSize) } }, trailers);
    else answer(error);
  },
  streamingOutputCall(call) {
    void (async () => {
      for (const { size } of call.request.responseParameters) {
        if (call.cancelled) return;
        if (!write(call, size)) await new Promise((resolve) => call.once("drain", resolve));
      }
      call.end();
    })();
  },
  streamingInputCall(call, answer) {
    let aggregatedPayloadSize = 0;
    call.on("data", ({ payload }) => (aggregatedPayloadSize += payload.body.length));
    call.on("end", () => answer(null, { aggregatedPayloadSize }));
  },
  fullDuplexCall(call) {
    const trailers = echoed(call);
    call.on("data", (request) => {
      const error = failure(request, trailers);
      if (error === undefined) for (const { size } of request.responseParameters) write(call, size);
      else call.emit("error", error);
    });
    call.on("end", () => call.end(trailers));
  },
  halfDuplexCall(call) {
    const sizes = [];
    call.on("data", ({ responseParameters }) => sizes.push(...responseParameters.map(({ size }) => size)));
    call.on("end", () => {
      for (const size of sizes) write(call, size);
      call.end();
    });
  },
});

function write(call, size) {
  return call.write({ payload: { body: Buffer.alloc(size) } });
}

/** Sends the head back, and gives back the trailers to send. */
function echoed(call) {
  const head = new grpc.Metadata();
  const trailers = new grpc.Metadata();
  for (const value of call.metadata.get(ECHO.initial)) head.add(ECHO.initial, value);
  for (const value of call.metadata.get(ECHO.trailing)) trailers.add(ECHO.trailing, value);
  call.sendMetadata(head);
  return trailers;
}

function failure({ responseStatus }, metadata) {
  if (!responseStatus?.code) return undefined;
  return { code: responseStatus.code, details: responseStatus.message, metadata };
}

server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  process.stdout.write(`port ${port}\n`);
});
