import { fromBinary } from "@bufbuild/protobuf";
import type { ClientHttp2Session, ClientHttp2Stream, IncomingHttpHeaders } from "node:http2";
import { EchoReplySchema } from "../../examples/quickstart/gen/echo_pb.js";
import { EnvelopeReader } from "../../src/bytes/envelope.js";

/** A whole answer. */
export interface Answer {
  readonly head: IncomingHttpHeaders;
  readonly trailers: IncomingHttpHeaders;
  /** What its messages say. */
  readonly texts: readonly string[];
  /** How the call ended: grpc-status of the trailers, or else of the head. */
  readonly status: string;
}

/** Begins a call as a client of gRPC does. */
export function begin(
  client: ClientHttp2Session,
  path: string,
  fields: Readonly<Record<string, string>> = {},
): ClientHttp2Stream {
  const own = { ":method": "POST", "content-type": "application/grpc", te: "trailers" };
  const stream = client.request({ ":path": path, ...own, ...fields });
  stream.on("error", () => {});
  return stream;
}

/** Hears an answer to its end. */
export async function answerOf(stream: ClientHttp2Stream): Promise<Answer> {
  let head: IncomingHttpHeaders = {};
  let trailers: IncomingHttpHeaders = {};
  stream.on("response", (fields) => (head = fields));
  stream.on("trailers", (fields) => (trailers = fields));
  const reader = new EnvelopeReader(1_000_000);
  const texts: string[] = [];
  for await (const part of stream) {
    const bytes = part as Buffer; // no encoding was set
    reader.push(bytes, 0, bytes.length);
    while (reader.next() === "message") texts.push(fromBinary(EchoReplySchema, reader.body).text);
    reader.keep();
  }
  return { head, trailers, texts, status: String(trailers["grpc-status"] ?? head["grpc-status"]) };
}
