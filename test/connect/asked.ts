import { once } from "node:events";
import { type IncomingHttpHeaders, type IncomingMessage, request } from "node:http";
import { connect } from "node:http2";
import { EnvelopeReader } from "../../src/bytes/envelope.js";

/** The versions of HTTP that are asked in. */
export const VERSIONS = ["HTTP/1.1", "HTTP/2"] as const;
export type Version = (typeof VERSIONS)[number];

/** A request; what is not said is a POST of JSON. */
export interface Asking {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** A whole answer. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Asks by node's own clients, and hears the answer to its end. */
export async function asked(address: string, version: Version, asking: Asking): Promise<Answer> {
  const { method = "POST", path, headers, body } = asking;
  const all = { ...(method === "POST" ? { "content-type": "application/json" } : {}), ...headers };
  const { hostname, port } = new URL(address);
  if (version === "HTTP/1.1") {
    const sent = request({ host: hostname, port, method, path, headers: all, agent: false });
    sent.on("error", () => {});
    sent.end(body);
    // As node documents.
    const [answer] = (await once(sent, "response")) as [IncomingMessage];
    return { status: answer.statusCode ?? 0, headers: answer.headers, body: await bytesOf(answer) };
  }
  const session = connect(`http://${hostname}:${port}`);
  session.on("error", () => {});
  const stream = session.request({ ":method": method, ":path": path, ...all });
  stream.on("error", () => {});
  stream.end(body);
  // As node documents.
  const [fields] = (await once(stream, "response")) as [IncomingHttpHeaders & { ":status"?: number }];
  const whole = await bytesOf(stream);
  session.destroy();
  return { status: fields[":status"] ?? 0, headers: fields, body: whole };
}

/** The value of an answer in JSON. */
export function json({ body }: Pick<Answer, "body">): unknown {
  return JSON.parse(body.toString());
}

/** The envelopes of a body: flags, and what is in them. */
export function envelopes({ body }: Pick<Answer, "body">): readonly (readonly [flags: number, body: Uint8Array])[] {
  const reader = new EnvelopeReader(10_000_000);
  reader.push(body, 0, body.length);
  const found: [number, Uint8Array][] = [];
  while (reader.next() === "message") found.push([reader.flags, reader.body]);
  if (reader.held > 0) throw new Error(`${reader.held} bytes follow the last envelope.`);
  return found;
}

/** The same, of JSON. */
export function jsonEnvelopes(answer: Pick<Answer, "body">): readonly (readonly [flags: number, value: unknown])[] {
  return envelopes(answer).map(([flags, body]) => [flags, JSON.parse(Buffer.from(body).toString())]);
}

async function bytesOf(stream: AsyncIterable<unknown>): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part as Buffer); // no encoding was set
  return Buffer.concat(parts);
}
