import { functions, implement, serve, type ServeOptions, type Server, type TlsServerOptions } from "callwire";
import { connect, type ConnectOptions, type FunctionsClient } from "callwire/client";
import { onTestFinished } from "vitest";
import { EchoService } from "../../examples/quickstart/gen/echo_pb.js";
import { pair, pem } from "./pem.js";

/** What is served: who asks, as far as the server knows. */
export const tools = functions("tools", {
  add: (a: number, b: number) => a + b,
  who() {
    const { address, certificate } = this.peer;
    return { scheme: address.split(":")[0], name: certificate?.subject["CN"] ?? null };
  },
});

const echo = implement(EchoService, {
  echo: ({ text }) => ({ text }),
  async *count({ to }) {
    for (let n = 1; n <= to; n += 1) yield { n };
  },
  sum: () => ({ sum: 0n }),
  async *chat(messages) {
    for await (const { text } of messages) yield { text };
  },
});

/** A server with a certificate. */
export interface Served {
  readonly server: Server;
  /** `127.0.0.1:PORT`. */
  readonly place: string;
  readonly logged: string[];
}

/** Serves with TLS until the running test ends. */
export async function served(tls: Partial<TlsServerOptions> = {}, options: ServeOptions = {}): Promise<Served> {
  const logged: string[] = [];
  const server = await serve([tools, echo], {
    listen: ["tls://127.0.0.1:0"],
    log: (line) => logged.push(line),
    tls: { ...pair("server"), ...tls },
    ...options,
  });
  onTestFinished(() => server.stop({ graceMs: 0 }));
  return { server, logged, place: (server.addresses[0] ?? "").replace(/^\w+:\/\//u, "") };
}

/** A client of the tools, over whatever the URL says, that trusts the tests' authority; closed when the running test ends. */
export function toolsAt(url: string, options: ConnectOptions = {}): FunctionsClient<typeof tools> {
  const client = connect<typeof tools>("tools", url, { ...options, tls: { ca: pem("ca.pem"), ...options.tls } });
  onTestFinished(() => client[Symbol.asyncDispose]());
  return client;
}
