// The service of echo.proto by @connectrpc/connect-node, over HTTP/1.1 or HTTP/2. Usage: connect-es-server.mjs 1.1|2; prints `port N`.
import http from "node:http";
import http2 from "node:http2";
import { EchoService } from "../../../examples/quickstart/gen/echo_pb.ts";
import { announce, peer } from "./peer.cjs";

const { Code, ConnectError } = peer("@connectrpc/connect");
const { compressionGzip, connectNodeAdapter } = peer("@connectrpc/connect-node");
const [version = ""] = process.argv.slice(2);

const routes = (router) =>
  router.service(EchoService, {
    async echo({ text }, context) {
      if (text === "hang") await new Promise((resolve) => context.signal.addEventListener("abort", resolve));
      if (text === "fail") throw new ConnectError("No such ü, 100 %.", Code.NotFound, { "x-end": "failed" });
      context.responseHeader.set("x-head", context.requestHeader.get("x-asked") ?? "");
      context.responseTrailer.set("x-end", "yes");
      return { text };
    },
    async *count({ to, delayMs }) {
      for (let n = 1; n <= to; n += 1) yield { n };
      if (delayMs > 0) await new Promise(() => {});
    },
    async sum(numbers) {
      let sum = 0n;
      for await (const { n } of numbers) sum += n;
      return { sum };
    },
    async *chat(messages) {
      for await (const { text } of messages) {
        if (text === "fail") throw new ConnectError("Enough.", Code.Aborted);
        yield { text };
      }
    },
  });

const handler = connectNodeAdapter({ routes, acceptCompression: [compressionGzip] });
const server = version === "2" ? http2.createServer(handler) : http.createServer(handler);
server.listen(0, "127.0.0.1");
announce(server);
