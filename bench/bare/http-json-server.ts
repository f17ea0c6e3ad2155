import { createServer } from "node:http";
import type { StartServer } from "../peer.js";
import { listening } from "../rivals/listening.js";
import { answerOf } from "./json-rpc.js";

/** JSON-RPC as a person would write it by hand on node:http, for this one method. */
export const start: StartServer = (port) =>
  listening(
    createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const [only] = chunks;
        const body = chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks);
        const answer = answerOf(body.toString("utf8"));
        response.writeHead(200, {
          "content-type": "application/json",
          "content-length": Buffer.byteLength(answer),
        });
        response.end(answer);
      });
    }),
    port,
  );
