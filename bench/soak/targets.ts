import type { ConnectOptions } from "callwire/client";
import type { Shape } from "callwire";

/** One way to call the server. */
export interface Target {
  readonly name: string;
  /** Its URL, without the place. */
  readonly scheme: string;
  readonly at: "tcp" | "tls" | "unix";
  readonly shapes: readonly Shape[];
  /** It has a place for header fields of answers, and their trailers. */
  readonly options?: ConnectOptions;
  /** Many calls share a connection, so a client may live as long as the load. */
  readonly shares: boolean;
}

/** Where the server listens. */
export interface Places {
  /** `127.0.0.1:PORT` */
  readonly tcp: string;
  readonly tls: string;
  /** A path. */
  readonly unix: string;
}

const UNARY: readonly Shape[] = ["unary"];
const ALL: readonly Shape[] = ["unary", "serverStream", "clientStream", "bidi"];

/** The wires by which the server calls itself; over a Unix socket, whose place is known before it is started. */
export const UNIX_WIRES: readonly string[] = ["frame", "grpc", "connect", "jsonrpc", "baidu", "xmlrpc", "grpcweb"];

/** Every wire, over every carrier that it has. */
export const TARGETS: readonly Target[] = [
  { name: "frame", scheme: "frame", at: "tcp", shapes: ALL, shares: true },
  { name: "frame-big", scheme: "frame", at: "tcp", shapes: ALL, shares: true, options: { byteOrder: "big" } },
  { name: "frame-tls", scheme: "frame+tls", at: "tls", shapes: ALL, shares: true },
  { name: "frame-unix", scheme: "frame+unix", at: "unix", shapes: ALL, shares: true },
  { name: "jsonrpc-http", scheme: "jsonrpc", at: "tcp", shapes: UNARY, shares: false },
  { name: "jsonrpc-gzip", scheme: "jsonrpc", at: "tcp", shapes: UNARY, shares: false, options: { gzip: true } },
  { name: "jsonrpc-lines", scheme: "jsonrpc+tcp", at: "tcp", shapes: ALL, shares: true },
  {
    name: "jsonrpc-headers",
    scheme: "jsonrpc+tcp",
    at: "tcp",
    shapes: ALL,
    shares: true,
    options: { framing: "headers" },
  },
  { name: "jsonrpc-ws", scheme: "jsonrpc+ws", at: "tcp", shapes: ALL, shares: true },
  { name: "xmlrpc", scheme: "xmlrpc", at: "tcp", shapes: UNARY, shares: false },
  { name: "xmlrpc-batch", scheme: "xmlrpc", at: "tcp", shapes: UNARY, shares: false, options: { batch: true } },
  { name: "grpc", scheme: "grpc", at: "tcp", shapes: ALL, shares: true },
  { name: "grpc-gzip", scheme: "grpc", at: "tcp", shapes: ALL, shares: true, options: { sendCompression: "gzip" } },
  { name: "grpc-tls", scheme: "grpc+tls", at: "tls", shapes: ALL, shares: true },
  { name: "grpc-unix", scheme: "grpc+unix", at: "unix", shapes: ALL, shares: true },
  { name: "grpcweb-h1", scheme: "grpcweb", at: "tcp", shapes: ALL, shares: false },
  {
    name: "grpcweb-text",
    scheme: "grpcweb",
    at: "tcp",
    shapes: ALL,
    shares: false,
    options: { grpcweb: { text: true } },
  },
  { name: "grpcweb-h2", scheme: "grpcweb+http2", at: "tcp", shapes: ALL, shares: true },
  { name: "connect-h1", scheme: "connect", at: "tcp", shapes: ALL, shares: false },
  { name: "connect-h2", scheme: "connect+http2", at: "tcp", shapes: ALL, shares: true },
  {
    name: "connect-json-h1",
    scheme: "connect",
    at: "tcp",
    shapes: ALL,
    shares: false,
    options: { useBinaryFormat: false },
  },
  {
    name: "connect-json-h2",
    scheme: "connect+http2",
    at: "tcp",
    shapes: ALL,
    shares: true,
    options: { useBinaryFormat: false, sendCompression: "gzip" },
  },
  { name: "connect-get", scheme: "connect", at: "tcp", shapes: ALL, shares: false, options: { useHttpGet: true } },
  { name: "connect-tls", scheme: "connect+tls", at: "tls", shapes: ALL, shares: false },
  { name: "baidu", scheme: "baidu", at: "tcp", shapes: ALL, shares: true },
  { name: "baidu-sums", scheme: "baidu", at: "tcp", shapes: ALL, shares: true, options: { baidu: { checksum: true } } },
];

/** The URL by which a target is called at a place of its kind, which is the server's own unless said otherwise. */
export function urlOf(target: Target, places: Places, place: string = places[target.at]): string {
  return `${target.scheme}://${place}`;
}
