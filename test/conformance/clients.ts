import { connect } from "callwire/client";
import type { CallOptions } from "../../src/contract/call.js";
import type { Suite } from "./messages.js";
import type { ClientRequest } from "./shapes.js";

/** What the suite's numbers stand for (connectrpc/conformance/v1/config.proto), in callwire's words. */
const WIRES: Readonly<Record<number, string>> = { 1: "connect", 2: "grpc", 3: "grpcweb" };
const CARRIERS: Readonly<Record<number, string>> = { 1: "http", 2: "http2" };
const IS_BINARY: Readonly<Record<number, boolean>> = { 1: true, 2: false };
/** 1 is identity: nothing is compressed. */
const COMPRESSIONS: Readonly<Record<number, string>> = { 2: "gzip", 3: "br", 4: "zstd", 5: "deflate" };

/** A client of the suite's service, whose methods answer by a promise or by a stream. */
export type SuiteClient = AsyncDisposable &
  Readonly<Record<string, (input: unknown, options: CallOptions) => Promise<object> & AsyncIterable<object>>>;

/** The clients of a run: one for each server and each way to call it, so that calls share connections as those of a program do. */
export class Clients {
  readonly #suite: Suite;
  readonly #made: Map<string, SuiteClient> = new Map();

  constructor(suite: Suite) {
    this.#suite = suite;
  }

  /** The client for a call. Throws an Error for what the suite may ask for and callwire has not. */
  for(request: ClientRequest): SuiteClient {
    const { serverTlsCert: ca, clientTlsCreds: own, messageReceiveLimit: most } = request;
    const isTls = ca.length > 0;
    const wire = named(WIRES, request.protocol, "protocol");
    const carrier = named(CARRIERS, request.httpVersion, "HTTP version");
    const url = `${wire}+${carrier}${isTls ? "+tls" : ""}://${request.host}:${request.port}`;
    const sendCompression =
      request.compression > 1 ? named(COMPRESSIONS, request.compression, "compression") : undefined;
    const options = {
      useBinaryFormat: named(IS_BINARY, request.codec, "codec"),
      compressMinBytes: 0,
      connections: request.httpVersion === 1 ? 64 : 1,
      useHttpGet: request.useGetHttpMethod,
      ...(sendCompression === undefined ? {} : { sendCompression }),
      ...(most > 0 ? { maxMessageBytes: most } : {}),
    };
    const key = JSON.stringify([url, options, request.httpVersion, own !== undefined]);
    const made = this.#made.get(key) ?? this.#connect(url, { ...options, ...(isTls ? { tls: tlsOf(ca, own) } : {}) });
    this.#made.set(key, made);
    return made;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#made.values()].map((client) => client[Symbol.asyncDispose]()));
  }

  #connect(url: string, options: object): SuiteClient {
    // Its descriptor is known as the program runs, and so are its methods.
    return connect(this.#suite.service, url, options) as unknown as SuiteClient;
  }
}

function tlsOf(ca: Uint8Array, own: ClientRequest["clientTlsCreds"]): object {
  const text = (pem: Uint8Array): string => Buffer.from(pem).toString();
  return { ca: text(ca), ...(own === undefined ? {} : { cert: text(own.cert), key: text(own.key) }) };
}

function named<T>(names: Readonly<Record<number, T>>, number: number, what: string): T {
  const name = names[number];
  if (name === undefined) throw new Error(`Callwire has no ${what} ${number}: leave it out of client.yaml.`);
  return name;
}
