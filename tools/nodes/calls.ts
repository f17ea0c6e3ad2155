import type { NodeVersion } from "./node-version.js";
import { type Outcome, Tally } from "./outcome.js";
import { Program, wrongWith } from "./program.js";

/** Every way to the quickstart's one port. */
const WAYS = [
  "frame",
  "jsonrpc",
  "jsonrpc+ws",
  "jsonrpc+tcp",
  "xmlrpc",
  "grpc",
  "grpcweb",
  "connect",
  "connect+http2",
  "baidu",
] as const;

/** Method, input, and what is to be answered: a plain function and a method of protobuf, which every wire can call. */
const CALLS = [
  ["ping", '["hello"]', '"hello"'],
  ["echo.v1.EchoService/Echo", '{"text":"hi"}', '{"text":"hi"}'],
] as const;

/** Where callwire's command is, and what it serves there. */
export interface Quickstart {
  readonly cwd: string;
  /** The command line that stands before `serve` and `call`. */
  readonly callwire: readonly string[];
  /** The quickstart's module. */
  readonly module: string;
  readonly model: string;
}

/** Serves the quickstart under a version, and calls it by every wire; whatever is said on stderr is a failure, warnings of node too. */
export async function calls(version: NodeVersion, { cwd, callwire, module, model }: Quickstart): Promise<Outcome> {
  const tally = new Tally();
  const options = { cwd, env: { ...version.env, NODE_OPTIONS: "--throw-deprecation" } };
  const listen = ["--listen", "tcp://127.0.0.1:0", "--model", model];
  const server = new Program([...callwire, "serve", module, ...listen], options);
  const [, authority] = /^callwire listening on tcp:\/\/(.*)$/u.exec(await server.firstLine()) ?? [];
  if (authority === undefined) server.stop();
  for (const way of authority === undefined ? [] : WAYS) {
    for (const [method, input, answer] of CALLS) {
      const command = ["call", `${way}://${authority}`, method, input];
      const { ended } = new Program([...callwire, ...command], options);
      tally.add(wrongWith(await ended, `callwire ${command.join(" ")}`, answer));
    }
  }
  server.stop();
  tally.add(wrongWith(await server.ended, `callwire serve ${module} --model ${model}`));
  return tally;
}
