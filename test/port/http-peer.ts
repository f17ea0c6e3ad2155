import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { onTestFinished } from "vitest";

/** A request that a peer was sent. */
export interface Heard {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly bytes: Buffer;
  readonly body: string;
}

/** A server of node's own HTTP, which knows nothing of callwire. */
export interface HttpPeer {
  /** `127.0.0.1:PORT`. */
  readonly place: string;
  readonly server: Server;
  /** What it was asked, in order. */
  readonly heard: Heard[];
  /** Every connection that it has had. */
  readonly sockets: Socket[];
}

/** How a peer answers: with a text, or as it likes. */
export type Answering = (heard: Heard, response: ServerResponse) => string | void;

/** Starts a peer, which is stopped when the running test ends. */
export async function httpPeer(answering: Answering): Promise<HttpPeer> {
  const heard: Heard[] = [];
  const sockets: Socket[] = [];
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", () => {
      const bytes = Buffer.concat(pieces);
      const { method = "", url: path = "", headers } = request;
      const one = { method, path, headers, bytes, body: bytes.toString() };
      heard.push(one);
      const text = answering(one, response);
      if (text !== undefined) response.end(text);
    });
  });
  server.on("connection", (socket: Socket) => sockets.push(socket));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo; // a TCP server's address
  return { place: `127.0.0.1:${port}`, server, heard, sockets };
}

/** Answers a call of JSON-RPC with its own params. */
export const echoJson: Answering = ({ body }, response) => {
  const { id, params } = JSON.parse(body) as { id: unknown; params: unknown }; // a request
  response.setHeader("content-type", "application/json");
  return JSON.stringify({ jsonrpc: "2.0", id, result: params });
};

/** An answer of XML-RPC. */
export function xmlAnswer(value: string): string {
  return `<?xml version="1.0"?><methodResponse><params><param><value>${value}</value></param></params></methodResponse>`;
}
