import { createServer, type Socket } from "node:net";
import type { StartServer } from "../peer.js";
import { FrameReader, packFrames } from "./frames.js";

interface Request {
  in: string;
  id?: number;
  params: unknown;
}

const methods: { [name: string]: (...args: unknown[]) => unknown } = {
  echo,
  "bench/echo": echo, // for clients that name the service too
};

/**
 * The server a person would write by hand on `net` for this protocol: no framework, but all that is known to pay.
 * The answers to one chunk leave in one write.
 */
export const start: StartServer = (port = 0) => {
  const server = createServer({ noDelay: true }, serveSocket);
  return new Promise((resolve, reject) => {
    server.listen(port, "127.0.0.1", () => {
      const address = server.address();
      if (address === null || typeof address === "string") reject(new Error("The server gave no address."));
      else resolve(`tcp://127.0.0.1:${address.port}`);
    });
  });
};

function serveSocket(socket: Socket): void {
  let answers: string[] = [];
  const frames = new FrameReader<Request>((request) => answers.push(answer(request)));
  socket.on("error", () => {}); // the peer went away; "close" follows
  socket.on("data", (chunk: Buffer) => {
    try {
      frames.read(chunk);
    } catch {
      socket.destroy();
      return;
    }
    if (answers.length > 0) {
      socket.write(packFrames(answers));
      answers = [];
    }
  });
}

function answer(request: Request): string {
  const { in: name, id, params } = request;
  const method = Object.hasOwn(methods, name) ? methods[name] : undefined;
  if (method === undefined) return JSON.stringify({ out: name, id, error: `There is no method "${name}".` });
  const result = Array.isArray(params) ? method(...params) : method(params);
  return JSON.stringify({ out: name, id, result });
}

function echo(value: unknown): unknown {
  return value;
}
