import { createServer, type Socket } from "node:net";
import { later } from "./later.js";

/**
 * A server as tutorials write it, with a length before each JSON text and no ids, one request at a time: `ping` answers `pong`, anything
 * else breaks the connection off. Returns its URL and what it was asked.
 */
export async function plainServer(order: "little" | "big" = "little"): Promise<{ url: string; asked: unknown[] }> {
  const asked: unknown[] = [];
  const sockets: Set<Socket> = new Set();
  const server = createServer((socket) => {
    sockets.add(socket);
    let held = Buffer.alloc(0);
    socket.on("error", () => {});
    socket.on("data", (chunk) => {
      held = Buffer.concat([held, chunk]);
      while (held.length >= 4) {
        const length = order === "big" ? held.readUInt32BE() : held.readUInt32LE();
        if (held.length < 4 + length) return;
        const request: unknown = JSON.parse(held.toString("utf8", 4, 4 + length));
        held = held.subarray(4 + length);
        asked.push(request);
        answer(socket, request, order);
      }
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  later(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const bound = server.address();
  return { url: `frame://127.0.0.1:${typeof bound === "object" ? bound?.port : ""}`, asked };
}

function answer(socket: Socket, request: unknown, order: "little" | "big"): void {
  const { in: method, params } = request as { in: string; params: unknown };
  if (method !== "ping") {
    socket.destroy();
    return;
  }
  const body = Buffer.from(JSON.stringify({ out: "pong", result: params }));
  const length = Buffer.alloc(4);
  if (order === "big") length.writeUInt32BE(body.length);
  else length.writeUInt32LE(body.length);
  socket.write(length);
  socket.write(body);
}
