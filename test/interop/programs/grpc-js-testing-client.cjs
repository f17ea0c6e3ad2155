"use strict";
// Calls TestService by @grpc/grpc-js. Usage: grpc-js-testing-client.cjs HOST:PORT identity|deflate|gzip; prints `ok CASE` for each.
const events = require("node:events");
const { check, failureOf, run } = require("./peer.cjs");
const { ECHO, grpc, testing } = require("./grpc-js-testing.cjs");

const [address = "", coding = "identity"] = process.argv.slice(2);
const options = { "grpc.default_compression_algorithm": ["identity", "deflate", "gzip"].indexOf(coding) };
const client = new testing.TestService(address, grpc.credentials.createInsecure(), options);
const stranger = new testing.UnimplementedService(address, grpc.credentials.createInsecure(), options);

const STREAMED = [
  [27_182, 31_415],
  [8, 9],
  [1828, 2653],
  [45_904, 58_979],
];
const LARGE = { responseSize: 314_159, payload: zeros(271_828) };
const INITIAL = "test_initial_metadata_value";
const TRAILING = Buffer.from([0xab, 0xab, 0xab]);
const SPECIAL = "\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n";

/** The cases by their names: what each comes to, and what it has to come to. */
const CASES = {
  empty_unary: async () => [await unary("emptyCall", {}), {}],
  large_unary: async () => [(await unary("unaryCall", LARGE)).payload.body, Buffer.alloc(314_159)],
  async client_streaming() {
    const messages = STREAMED.map(([asked]) => ({ payload: zeros(asked) }));
    return [await summed(messages), 74_922];
  },
  async server_streaming() {
    const responseParameters = STREAMED.map(([, size]) => ({ size }));
    return [await heard(client.streamingOutputCall({ responseParameters })), { sizes: SIZES, code: 0 }];
  },
  async ping_pong() {
    const call = client.fullDuplexCall();
    const sizes = [];
    for (const sizesOfOne of STREAMED) {
      call.write(output(sizesOfOne));
      const [{ payload }] = await events.once(call, "data");
      sizes.push(payload.body.length);
    }
    call.end();
    return [
      [sizes, await heard(call)],
      [SIZES, { sizes: [], code: 0 }],
    ];
  },
  async half_duplex() {
    const call = client.halfDuplexCall();
    for (const sizes of STREAMED) call.write(output(sizes));
    call.end();
    return [await heard(call), { sizes: SIZES, code: 0 }];
  },
  async empty_stream() {
    const call = client.fullDuplexCall();
    call.end();
    return [await heard(call), { sizes: [], code: 0 }];
  },
  async timeout_on_sleeping_server() {
    const call = client.fullDuplexCall({ deadline: Date.now() + 50 });
    call.write({ payload: zeros(27_182) });
    return [(await heard(call)).code, grpc.status.DEADLINE_EXCEEDED];
  },
  async cancel_after_begin() {
    const call = client.streamingInputCall(() => {});
    const status = events.once(call, "status");
    call.cancel();
    return [(await status)[0].code, grpc.status.CANCELLED];
  },
  async cancel_after_first_response() {
    const call = client.fullDuplexCall();
    call.write(output(STREAMED[0]));
    call.once("data", () => call.cancel());
    return [await heard(call), { sizes: [31_415], code: grpc.status.CANCELLED }];
  },
  status_code_and_message: () => failed("test status method"),
  special_status_message: () => failed(SPECIAL),
  async custom_metadata() {
    const metadata = new grpc.Metadata();
    metadata.set(ECHO.initial, INITIAL);
    metadata.set(ECHO.trailing, TRAILING);
    const stream = client.fullDuplexCall(metadata);
    stream.end(output([271_828, 314_159]));
    const unaryCall = client.unaryCall(LARGE, metadata, () => {});
    const [first, second] = await Promise.all([unaryCall, stream].map(echoes));
    return [
      [first, second],
      [
        [INITIAL, TRAILING],
        [INITIAL, TRAILING],
      ],
    ];
  },
  async unimplemented_method() {
    const id = (bytes) => bytes;
    const path = "/grpc.testing.TestService/UnimplementedCall";
    const answer = new Promise((resolve, reject) => {
      client.makeUnaryRequest(path, id, id, Buffer.alloc(0), settle(resolve, reject));
    });
    return [(await failureOf(answer)).code, grpc.status.UNIMPLEMENTED];
  },
  async unimplemented_service() {
    const answer = new Promise((resolve, reject) => {
      stranger.unimplementedCall({}, settle(resolve, reject));
    });
    return [(await failureOf(answer)).code, grpc.status.UNIMPLEMENTED];
  },
  async large_unary_at_once() {
    const answers = await Promise.all(Array.from({ length: 25 }, () => unary("unaryCall", LARGE)));
    return [answers.reduce((sum, { payload }) => sum + payload.body.length, 0), 7_853_975];
  },
  async long_streams() {
    const sizes = Array.from({ length: 100 }, () => 50_000);
    const sum = await summed(sizes.map((size) => ({ payload: zeros(size) })));
    const responseParameters = sizes.map((size) => ({ size }));
    const answers = await heard(client.streamingOutputCall({ responseParameters }));
    return [
      [sum, answers],
      [5_000_000, { sizes, code: 0 }],
    ];
  },
};
const SIZES = STREAMED.map(([, answered]) => answered);

void run(async () => {
  for (const [name, each] of Object.entries(CASES)) check(name, ...(await each()));
});

function zeros(size) {
  return { body: Buffer.alloc(size) };
}

function output([asked, size]) {
  return { payload: zeros(asked), responseParameters: [{ size }] };
}

function unary(method, input) {
  return new Promise((resolve, reject) => {
    client[method](input, settle(resolve, reject));
  });
}

function settle(resolve, reject) {
  return (error, reply) => (error ? reject(error) : resolve(reply));
}

function summed(messages) {
  return new Promise((resolve, reject) => {
    const call = client.streamingInputCall((error, reply) =>
      error ? reject(error) : resolve(reply.aggregatedPayloadSize),
    );
    for (const message of messages) call.write(message);
    call.end();
  });
}

/** The sizes of all that is answered yet, and how the call ends. */
function heard(call) {
  const sizes = [];
  return new Promise((resolve) => {
    call.on("data", ({ payload }) => sizes.push(payload.body.length));
    call.on("error", () => {});
    call.on("status", ({ code }) => resolve({ sizes, code }));
  });
}

/** What a server has sent back, in its head and in its trailers. */
async function echoes(call) {
  call.on("data", () => {});
  const [[head], [{ metadata }]] = await Promise.all([events.once(call, "metadata"), events.once(call, "status")]);
  return [head.get(ECHO.initial)[0], metadata.get(ECHO.trailing)[0]];
}

async function failed(message) {
  const asked = { payload: zeros(1), responseStatus: { code: grpc.status.UNKNOWN, message } };
  const one = await failureOf(unary("unaryCall", asked));
  const call = client.fullDuplexCall();
  call.end(asked);
  call.resume();
  const [two] = await events.once(call, "error");
  const expected = [grpc.status.UNKNOWN, message];
  return [[one, two].map(({ code, details }) => [code, details]), [expected, expected]];
}
