import { type DescMessage, fromBinary, toBinary } from "@bufbuild/protobuf";
import { type ClientHttp2Session, connect, type IncomingHttpHeaders } from "node:http2";
import { once } from "node:events";
import { echoProto } from "../callwire/echo-proto.js";
import type { OpenClient } from "../peer.js";

const HEAD = {
  ":method": "POST",
  ":path": "/bench.Echo/Echo",
  "content-type": "application/grpc+proto",
  te: "trailers",
} as const;

/** Before a message are its flags and its length. */
const PREFIX = 5;

/** The least that calls gRPC on node:http2, as promises: unary, without deadlines, metadata or errors but one. */
export const open: OpenClient = async (address) => {
  const session = connect(address.replace(/^tcp:/u, "http:"));
  const type = echoProto().methods[0]?.input;
  if (type === undefined) throw new Error("The descriptor lacks its method.");
  await once(session, "connect");
  return { echo: (text) => call(session, { type, text }) };
};

function call(session: ClientHttp2Session, { type, text }: { type: DescMessage; text: string }): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const stream = session.request(HEAD);
    const chunks: Buffer[] = [];
    let status: string | undefined;
    const heard = (fields: IncomingHttpHeaders): void => {
      status = String(fields["grpc-status"]);
    };
    stream.on("response", heard); // an error is a head alone
    stream.on("trailers", heard);
    stream.on("data", (chunk: Buffer) => chunks.push(chunk));
    stream.on("error", reject);
    stream.on("end", () => {
      const [first] = chunks;
      const body = chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks);
      if (status !== "0") reject(new Error(`The server answered with grpc-status ${status}.`));
      else resolve((fromBinary(type, body.subarray(PREFIX)) as unknown as { text: string }).text); // of that type
    });
    stream.end(framed(toBinary(type, { $typeName: "bench.Text", text } as never))); // a message of that type
  });
}

function framed(message: Uint8Array): Buffer {
  const body = Buffer.allocUnsafe(PREFIX + message.length);
  body[0] = 0;
  body.writeUInt32BE(message.length, 1);
  body.set(message, PREFIX);
  return body;
}
