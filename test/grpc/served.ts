import { implement, RpcError, serve, type ServeOptions } from "callwire";
import { type ClientHttp2Session, connect } from "node:http2";
import { onTestFinished } from "vitest";
import { EchoService } from "../../examples/quickstart/gen/echo_pb.js";

/** A server at work until the running test ends, and a session of node:http2 to it. */
export interface Served {
  readonly client: ClientHttp2Session;
  /** What its methods noted, in order. */
  readonly seen: string[];
  /** Where it listens: `http://127.0.0.1:1234`. */
  readonly origin: string;
}

/** Serves echo.v1.EchoService: `fail` fails with details and trailers, `fail late` with response headers too, `hang` waits to be given up, `meta` says what header fields came. */
export async function served(options: ServeOptions = {}): Promise<Served> {
  const seen: string[] = [];
  const echo = implement(EchoService, {
    async echo({ text }, call) {
      if (text === "hang") {
        seen.push("hangs");
        await new Promise<void>((resolve) => {
          call.signal.addEventListener("abort", () => resolve());
        });
        seen.push((call.signal.reason as RpcError).code); // as Call promises
      }
      if (text === "fail late") call.responseHeaders.set("x-head", call.headers.get("x-asked") ?? "");
      if (text.startsWith("fail")) {
        call.responseTrailers.set("x-end", "failed");
        throw new RpcError("not_found", "No such ü.", { details: [{ a: 1 }] });
      }
      if (text === "meta") {
        call.responseHeaders.set("x-head", call.headers.get("x-asked") ?? "");
        call.responseTrailers.set("x-end", "yes");
        return { text: String(call.timeoutMs() !== undefined) };
      }
      return { text };
    },
    async *count({ to }) {
      for (let n = 1; n <= to; n += 1) yield { n };
    },
    async sum(numbers) {
      let sum = 0n;
      for await (const { n } of numbers) sum += n;
      return { sum };
    },
    async *chat(messages) {
      for await (const { text } of messages) {
        if (text === "fail") throw new RpcError("aborted", "That is enough.");
        yield { text };
      }
    },
  });
  const server = await serve([echo], { ...options, listen: ["tcp://127.0.0.1:0"], log: () => {} });
  onTestFinished(() => server.stop({ graceMs: 0 }));
  const origin = (server.addresses[0] ?? "").replace("tcp:", "http:");
  const client = connect(origin);
  client.on("error", () => {});
  onTestFinished(() => client.destroy());
  return { client, seen, origin };
}
