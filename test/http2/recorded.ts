import { once } from "node:events";
import { connect as connectHttp2, createServer as createHttp2Server } from "node:http2";
import { type AddressInfo, connect, createServer } from "node:net";
import { onTestFinished } from "vitest";
import type { HttpAsk } from "../../src/wires/http.js";
import { Echo } from "./echo.js";
import { Heard } from "./heard.js";
import { framesOf } from "./mutations.js";
import { PREFACE } from "./raw-http2.js";
import { connected, served } from "./served.js";

/** Between a client and a server: passes all on, and notes what each end says. */
async function between(port: number): Promise<{ port: number; said: { client: Buffer[]; server: Buffer[] } }> {
  const said = { client: [] as Buffer[], server: [] as Buffer[] };
  const listener = createServer((client) => {
    const server = connect(port, "127.0.0.1");
    client.on("data", (chunk) => said.client.push(chunk) && server.write(chunk));
    server.on("data", (chunk) => said.server.push(chunk) && client.write(chunk));
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const)
      one.on("close", () => other.destroy()).on("error", () => other.destroy());
  });
  listener.listen(0, "127.0.0.1");
  await once(listener, "listening");
  onTestFinished(() => void listener.close());
  // A listening server of TCP has one.
  return { port: (listener.address() as AddressInfo).port, said };
}

/** What node's own client says to our server, as frames: whole calls, streams, calls given up, large and small windows. */
export async function clientFrames(): Promise<Buffer[][]> {
  const { port } = await served(new Echo().serve);
  const conversations: Buffer[][] = [];
  for (const settings of [{}, { initialWindowSize: 20, headerTableSize: 0 }, { headerTableSize: 65_536 }]) {
    const middle = await between(port);
    const client = connectHttp2(`http://127.0.0.1:${middle.port}`, { settings });
    client.on("error", () => {});
    for (const [path, body] of [
      ["/echo", "hello"],
      ["/echo", "hello"],
      ["/trailers", "x".repeat(300)],
      ["/stream", "y".repeat(1000)],
      ["/early", "z"],
    ] as const) {
      const stream = client.request({ ":path": path, ":method": "POST", "x-body": body.slice(0, 9), te: "trailers" });
      stream.on("error", () => {});
      stream.end(body);
      stream.resume();
      await once(stream, "close");
    }
    const ended = client.request({ ":path": "/echo", ":method": "POST" }, { waitForTrailers: true });
    ended.on("wantTrailers", () => ended.sendTrailers({ "x-sum": "1" }));
    ended.resume();
    ended.end("with trailers");
    await once(ended, "close");
    const hanging = client.request({ ":path": "/hang", ":method": "POST" });
    hanging.on("error", () => {});
    hanging.end("x");
    await new Promise<void>((resolve) => client.ping(() => resolve()));
    hanging.close(8);
    await once(hanging, "close");
    client.settings({ initialWindowSize: 100_000 });
    await once(client, "localSettings");
    const gone = once(client, "close");
    client.close();
    await gone;
    conversations.push(framesOf(Buffer.concat(middle.said.client), PREFACE.length));
  }
  return conversations;
}

/** What node's own server says to our client, as frames; the client's calls are always the same. */
export async function serverFrames(): Promise<Buffer[][]> {
  const server = createHttp2Server();
  server.on("stream", (stream, headers) => {
    stream.on("error", () => {});
    if (headers[":path"] === "/reset") stream.close(7);
    else {
      stream.additionalHeaders({ ":status": 103, link: "x" });
      stream.respond({ ":status": 200, "x-path": headers[":path"] }, { waitForTrailers: true });
      stream.on("wantTrailers", () => stream.sendTrailers({ "x-end": "yes" }));
      stream.pipe(stream);
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const middle = await between((server.address() as AddressInfo).port); // as above
  const client = await connected(middle.port);
  for (const heard of askAll(client.ask)) await heard.over;
  return [framesOf(Buffer.concat(middle.said.server), 0)];
}

/** Makes the calls that `serverFrames` records the answers of. */
export function askAll(ask: HttpAsk): Heard[] {
  return ["/echo", "/echo", "/reset", "/large"].map((path) => {
    const heard = new Heard();
    const body = path === "/large" ? "z".repeat(2000) : "hello";
    heard.out = ask({ method: "POST", path, query: "", fields: [["x-one", "1"]] }, heard, body);
    return heard;
  });
}
