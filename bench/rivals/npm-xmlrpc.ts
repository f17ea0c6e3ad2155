import { once } from "node:events";
import type { EventEmitter } from "node:events";
import type { Server } from "node:http";
import type { StartServer } from "../peer.js";
import { peerPackage } from "./peer-package.js";

type Answer = (error: unknown, value: unknown) => void;

/** As much of the npm package xmlrpc as is used here. */
interface XmlRpc {
  createServer(options: object, listening: () => void): EventEmitter & { httpServer: Server };
}

/** XML-RPC as the npm package xmlrpc serves it. */
export const start: StartServer = async (port = 0) => {
  const xmlrpc = peerPackage("xmlrpc") as XmlRpc;
  const server = xmlrpc.createServer({ host: "127.0.0.1", port }, () => {});
  server.on("echo", (_error: unknown, params: readonly unknown[], answer: Answer) => answer(null, params[0]));
  if (!server.httpServer.listening) await once(server.httpServer, "listening");
  const address = server.httpServer.address();
  if (address === null || typeof address === "string") throw new Error("The server gave no address.");
  return `tcp://127.0.0.1:${address.port}`;
};
