// The quickstart's echo service within a server of somebody else's. Usage: frameworks.mjs express|parsed|fastify|fastify-http2|hono; prints `port N`.
import { createServer } from "node:http";
import { echoService } from "../../../examples/quickstart/echo.ts";
import { fetchHandler } from "../../../src/fetch-handler.ts";
import { nodeHandler } from "../../../src/node-handler.ts";
import { announce, peer } from "./peer.cjs";

const [name = ""] = process.argv.slice(2);
const LOCAL = { port: 0, host: "127.0.0.1" };

const SERVERS = {
  express() {
    const express = peer("express");
    const app = express();
    app.use(nodeHandler([echoService]));
    app.use("/rpc", nodeHandler([echoService]));
    app.get("/", (_, response) => response.send("the application's own"));
    return createServer(app).listen(LOCAL);
  },
  /** A parser of bodies goes before. */
  parsed() {
    const express = peer("express");
    const app = express();
    app.use(express.json());
    app.use(nodeHandler([echoService]));
    app.get("/", (_, response) => response.send("the application's own"));
    return createServer(app).listen(LOCAL);
  },
  fastify: () => withFastify({}),
  "fastify-http2": () => withFastify({ http2: true }),
  hono() {
    const { Hono } = peer("hono");
    const { serve } = peer("@hono/node-server");
    const app = new Hono();
    const handler = fetchHandler([echoService]);
    app.get("/", (context) => context.text("the application's own"));
    app.all("/*", (context) => handler(context.req.raw));
    return serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" });
  },
};

async function withFastify(options) {
  const app = peer("fastify")(options);
  const handler = nodeHandler([echoService]);
  // Bodies are the handler's to read.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", (_request, _payload, done) => done(null));
  app.get("/", (_, reply) => reply.send("the application's own"));
  app.all("/*", (request, reply) => {
    reply.hijack();
    handler(request.raw, reply.raw);
  });
  await app.listen(LOCAL);
  return app.server;
}

announce(await SERVERS[name]());
