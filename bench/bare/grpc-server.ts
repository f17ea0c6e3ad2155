import { createServer, type ServerHttp2Stream } from "node:http2";
import type { StartServer } from "../peer.js";
import { listening } from "../rivals/listening.js";

const HEAD = { ":status": 200, "content-type": "application/grpc+proto" } as const;
const TRAILERS = { "grpc-status": "0" } as const;

/** The least that answers gRPC on node:http2: it gives back the bytes of the message, unread. */
export const start: StartServer = (port) => listening(createServer().on("stream", serveStream), port);

function serveStream(stream: ServerHttp2Stream): void {
  const chunks: Buffer[] = [];
  stream.on("error", () => {}); // the peer went away
  stream.on("data", (chunk: Buffer) => chunks.push(chunk));
  stream.on("end", () => {
    if (stream.destroyed) return; // it was reset, which node tells of later
    const [first] = chunks;
    stream.respond(HEAD, { waitForTrailers: true });
    stream.on("wantTrailers", () => stream.sendTrailers(TRAILERS));
    stream.end(chunks.length === 1 ? first : Buffer.concat(chunks));
  });
}
