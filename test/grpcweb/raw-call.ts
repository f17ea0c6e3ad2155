import { fromBinary } from "@bufbuild/protobuf";
import type { ClientHttp2Session } from "node:http2";
import { EchoReplySchema } from "../../examples/quickstart/gen/echo_pb.js";
import { EnvelopeReader } from "../../src/bytes/envelope.js";

/** A request of gRPC-Web; what is not said is an Echo in `application/grpc-web`. */
export interface Asking {
  readonly path?: string;
  readonly type?: string;
  readonly body?: Uint8Array | string;
  readonly fields?: Readonly<Record<string, string>>;
}

/** A whole answer. */
export interface Answer {
  readonly http: number;
  readonly fields: Readonly<Record<string, string>>;
  /** What its messages say; as they are where they are JSON. */
  readonly texts: readonly string[];
  /** The lines of its last frame. */
  readonly trailers: Readonly<Record<string, string>>;
  /** grpc-status of the trailers, or else of the head. */
  readonly status: string | undefined;
  /** The body as it came. */
  readonly body: Buffer;
}

/** Asks over HTTP/1.1, by fetch. */
export async function asked(origin: string, asking: Asking = {}): Promise<Answer> {
  const { path, type, body, fields } = asking;
  const answer = await fetch(`${origin}${path ?? ECHO}`, {
    method: "POST",
    headers: { "content-type": type ?? "application/grpc-web", ...fields },
    // fetch wants bytes that nobody shares.
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : new Uint8Array(body) }),
  });
  return answerOf(answer.status, Object.fromEntries(answer.headers), Buffer.from(await answer.arrayBuffer()));
}

/** Asks over HTTP/2, by node:http2. */
export async function asked2(client: ClientHttp2Session, asking: Asking = {}): Promise<Answer> {
  const { path, type, body, fields } = asking;
  const stream = client.request({
    ":method": "POST",
    ":path": path ?? ECHO,
    "content-type": type ?? "application/grpc-web",
    ...fields,
  });
  let head: Readonly<Record<string, unknown>> = {};
  stream.on("response", (heard) => (head = heard));
  stream.end(body);
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part as Buffer); // no encoding was set
  const named = Object.entries(head).map(([name, value]) => [name, String(value)]);
  return answerOf(Number(head[":status"]), Object.fromEntries(named), Buffer.concat(parts));
}

const ECHO = "/echo.v1.EchoService/Echo";

function answerOf(http: number, fields: Readonly<Record<string, string>>, body: Buffer): Answer {
  // Text is padded wherever it was flushed.
  const isText = fields["content-type"]?.startsWith("application/grpc-web-text") === true;
  const isJson = fields["content-type"]?.endsWith("+json") === true;
  const groups = body.toString("latin1").match(/.{1,4}/gsu) ?? [];
  const bytes = isText ? Buffer.concat(groups.map((group) => Buffer.from(group, "base64"))) : body;
  const reader = new EnvelopeReader(10_000_000);
  const texts: string[] = [];
  const trailers: Record<string, string> = {};
  if (fields["content-type"]?.startsWith("application/grpc-web") === true) reader.push(bytes, 0, bytes.length);
  while (reader.next() === "message") {
    if (reader.flags < 0x80)
      texts.push(isJson ? Buffer.from(reader.body).toString() : fromBinary(EchoReplySchema, reader.body).text);
    else
      for (const line of Buffer.from(reader.body).toString().split("\r\n").slice(0, -1))
        trailers[line.slice(0, line.indexOf(":"))] = line.slice(line.indexOf(":") + 2);
  }
  return { http, fields, texts, trailers, status: trailers["grpc-status"] ?? fields["grpc-status"], body };
}
