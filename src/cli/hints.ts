import { relative } from "node:path";
import { introspection, type ServiceInfo } from "../call/introspection.js";
import type { Implementation } from "../contract/implement.js";
import { sampleArguments } from "./sample.js";

/** More calls than that of a service nobody tries, and not of more services. */
const MOST_CALLS = 3;
const MOST_SERVICES = 2;

/** Lines to paste into another terminal, for what is served where: calls with this program, and a client in Python where there is a `ping`. */
export function hints(services: readonly Implementation[], addresses: readonly string[]): string {
  const [address = ""] = addresses;
  const place = address.replace(/^tcp:\/\/(?:0\.0\.0\.0|\[::\]):/u, "tcp://127.0.0.1:");
  const url = place.startsWith("unix://") ? `frame+${place}` : place.replace(/^tcp/u, "frame");
  const callwire = command();
  // Plain functions are what people try first.
  const calls = services
    .toSorted((a, b) => Number(isContract(a)) - Number(isContract(b)))
    .map((implementation) => callsOf(implementation, isAlone(services)).slice(0, MOST_CALLS))
    .filter((each) => each.length > 0)
    .slice(0, MOST_SERVICES)
    .flat()
    .map((call) => `${callwire} call ${url} ${call}`);
  const lines = ["", "Try it from another terminal:", "", `${callwire} list ${url}`, ...calls];
  const names = new Set(services.flatMap(({ service }) => Object.keys(service.methods)));
  const http = place.startsWith("tcp://") ? httpLines(place.replace(/^tcp/u, "http"), names, calls.at(-1)) : [];
  const python = names.has("ping") ? pythonPing(place) : [];
  return [...lines, ...http, ...python].join("\n");
}

/** Lines for the tools that everybody has: curl for JSON-RPC and Connect, Python's own library for XML-RPC. */
function httpLines(base: string, names: ReadonlySet<string>, example: string | undefined): readonly string[] {
  const [method, params] = names.has("add") ? ["add", "[2,3]"] : ["rpc.discover", "[]"];
  const call = names.has("add") ? "add(2, 3)" : "system.listMethods()";
  return [
    `curl -H 'content-type: application/json' -d '{"jsonrpc":"2.0","id":1,"method":"${method}","params":${params}}' ${base}/`,
    `python3 -c 'import xmlrpc.client; print(xmlrpc.client.ServerProxy("${base}/RPC2").${call})'`,
    ...(names.has("add") ? [`curl -H 'content-type: application/json' -d '[2,3]' ${base}/add`] : []),
    ...(example === undefined
      ? []
      : ["jsonrpc+ws", "grpc", "connect", "baidu"].map((wire) =>
          example.replace(/frame:\/\/\S+/u, base.replace(/^http/u, wire)),
        )),
    "",
    `Or look at ${base}/ in a browser.`,
  ];
}

/** How this program was started, for the same directory. */
function command(): string {
  const path = process.argv[1] ?? "";
  if (/[\\/]node_modules[\\/]/u.test(path)) return "npx callwire";
  return /[\\/]callwire$/u.test(path) ? "callwire" : `node ${relative(process.cwd(), path)}`;
}

/** Says whether only one service has a method of that name, so that the name alone will do. */
function isAlone(services: readonly Implementation[]): (method: string) => boolean {
  return (method) => services.filter(({ service }) => Object.hasOwn(service.methods, method)).length === 1;
}

function isContract({ service }: Implementation): boolean {
  return !Object.values(service.methods).some(({ positional }) => positional === true);
}

/** What follows the URL in a call of each method whose input can be guessed. */
function callsOf(implementation: Implementation, alone: (method: string) => boolean): readonly string[] {
  const { name: service, methods } = described(implementation);
  return methods.flatMap((method) => {
    const input = sampleArguments(method, implementation.target[method.name]);
    const name = method.positional === true && alone(method.name) ? method.name : `${service}/${method.name}`;
    return input === undefined ? [] : [[name, ...input].join(" ")];
  });
}

function described(implementation: Implementation): ServiceInfo {
  // Introspection has one method, which answers what was asked about first.
  const { services } = introspection([implementation]).target as { readonly services: () => readonly [ServiceInfo] };
  return services()[0];
}

/** A whole client in Python, line by line, so that it can be pasted into the interpreter. */
function pythonPing(place: string): readonly string[] {
  return [
    "",
    "Or from any language that has sockets and JSON. Paste this into python3:",
    "",
    "import socket, struct, json",
    ...pythonConnect(place),
    'body = json.dumps({"in": "ping", "params": "hello"}).encode()',
    's.sendall(struct.pack("I", len(body)))',
    "s.sendall(body)",
    'length, = struct.unpack("I", s.recv(4))',
    "answer = json.loads(s.recv(length))",
    'print(answer["out"], answer["result"])',
    "s.close()",
  ];
}

function pythonConnect(place: string): readonly string[] {
  if (place.startsWith("unix://")) {
    return ["s = socket.socket(socket.AF_UNIX)", `s.connect(${JSON.stringify(place.slice("unix://".length))})`];
  }
  const { hostname, port } = new URL(place);
  return [`s = socket.create_connection(("${hostname.replace(/^\[|\]$/gu, "")}", ${port}))`];
}
