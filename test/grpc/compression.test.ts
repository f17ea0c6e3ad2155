import { fromBinary } from "@bufbuild/protobuf";
import { serve } from "callwire";
import { connect } from "callwire/client";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { EchoRequestSchema } from "../../examples/quickstart/gen/echo_pb.js";
import { EnvelopeReader } from "../../src/bytes/envelope.js";
import { enveloped } from "../../src/bytes/enveloped.js";
import { MESSAGE_CODINGS } from "../../src/transports/message-codings.js";
import { clientOf } from "./foreign-server.js";
import { message, saying } from "./message.js";
import { begin } from "./raw-call.js";
import { served } from "./served.js";

const ECHO = "/echo.v1.EchoService/Echo";
const LONG = "long ".repeat(1000);

/** What a body holds: the flags of its messages, and what they say. */
function messagesIn(
  parts: readonly Buffer[],
  decode: (bytes: Uint8Array) => Uint8Array = gunzipSync,
): readonly (readonly [flags: number, text: string])[] {
  const reader = new EnvelopeReader(1_000_000);
  const bytes = Buffer.concat(parts);
  reader.push(bytes, 0, bytes.length);
  const found: [number, string][] = [];
  while (reader.next() === "message") {
    const body = reader.flags === 1 ? decode(reader.body) : reader.body;
    found.push([reader.flags, fromBinary(EchoRequestSchema, body).text]);
  }
  return found;
}

async function bodyOf(stream: AsyncIterable<unknown>): Promise<readonly Buffer[]> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part as Buffer); // no encoding was set
  return parts;
}

describe.each(Object.entries(MESSAGE_CODINGS))("In %s", (name, coding) => {
  const decoded = (bytes: Uint8Array): Uint8Array => {
    const read = coding.decode(bytes, 1_000_000);
    if (typeof read === "string") throw new Error(`A message is ${read}.`);
    return read;
  };

  test("a server reads what is asked, and answers.", async () => {
    const { client } = await served({ sendCompression: name });
    const stream = begin(client, ECHO, { "grpc-encoding": name, "grpc-accept-encoding": `identity,${name}` });
    const head = new Promise<unknown>((resolve) => stream.on("response", (fields) => resolve(fields["grpc-encoding"])));
    stream.end(enveloped(1, coding.encode(saying(LONG))));
    expect(messagesIn(await bodyOf(stream), decoded)).toEqual([[1, LONG]]);
    expect(await head).toBe(name);
  });

  test("a client asks, says that it reads it, and does.", async () => {
    const asked: unknown[] = [];
    const client = await clientOf(
      (stream, headers) => {
        void bodyOf(stream).then((parts) => {
          asked.push(String(headers["grpc-accept-encoding"]).split(",").includes(name), ...messagesIn(parts, decoded));
          const fields = { ":status": 200, "content-type": "application/grpc", "grpc-encoding": name };
          stream.respond(fields, { waitForTrailers: true });
          stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
          stream.end(enveloped(1, coding.encode(saying(LONG))));
        });
      },
      { sendCompression: name },
    );
    expect((await client.echo({ text: LONG })).text).toBe(LONG);
    expect(asked).toEqual([true, [1, LONG]]);
  });
});

describe("A server with sendCompression", () => {
  test.each([
    ["gzip", LONG, 1],
    ["identity,deflate, gzip ;q=1", LONG, 1],
    ["gzip", "short", 0],
    ["identity,deflate", LONG, 0],
    ["", LONG, 0],
  ])("To a caller who reads %j it sends its answer with the right flag.", async (list, text, flag) => {
    const { client } = await served({ sendCompression: "gzip" });
    const stream = begin(client, ECHO, list === "" ? {} : { "grpc-accept-encoding": list });
    const head = new Promise<unknown>((resolve) => stream.on("response", (fields) => resolve(fields["grpc-encoding"])));
    stream.end(message(text));
    expect(messagesIn(await bodyOf(stream))).toEqual([[flag, text]]);
    expect(await head).toBe(list.includes("gzip") ? "gzip" : undefined);
  });

  test("sends compressed messages of any length where compressMinBytes says so, unless they get longer by it.", async () => {
    const { client } = await served({ sendCompression: "gzip", compressMinBytes: 0 });
    const stream = begin(client, "/echo.v1.EchoService/Chat", { "grpc-accept-encoding": "gzip" });
    const compressible = "a".repeat(100);
    stream.write(message("b"));
    stream.end(message(compressible));
    expect(messagesIn(await bodyOf(stream))).toEqual([
      [0, "b"],
      [1, compressible],
    ]);
  });

  test("refuses a coding that there is not, and says which there are.", async () => {
    await expect(serve([], { sendCompression: "snappy", listen: ["tcp://127.0.0.1:0"] })).rejects.toThrow(
      'There is no compression "snappy" here: choose of gzip, deflate, br',
    );
  });
});

describe("A client with sendCompression", () => {
  test("sends long messages compressed and short ones as they are.", async () => {
    const asked: unknown[] = [];
    const client = await clientOf(
      (stream, headers) => {
        void bodyOf(stream).then((parts) => {
          asked.push(headers["grpc-encoding"], ...messagesIn(parts));
          stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
          stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
          stream.end(enveloped(0, saying("x")));
        });
      },
      { sendCompression: "gzip" },
    );
    await client.echo({ text: LONG });
    await client.echo({ text: "short" });
    expect(asked).toEqual(["gzip", [1, LONG], "gzip", [0, "short"]]);
  });

  test("refuses a coding that there is not.", () => {
    expect(() => connect("x", "grpc://127.0.0.1:1", { sendCompression: "toString" })).toThrow(
      "There is no compression",
    );
  });
});
