import { createServer, type Socket } from "node:net";
import type { StartServer } from "../peer.js";
import { listening } from "../rivals/listening.js";
import { answerOf } from "./json-rpc.js";

/** Newline-delimited JSON-RPC as a person would write it by hand on net: the answers to one chunk leave in one write. */
export const start: StartServer = (port) => listening(createServer({ noDelay: true }, serveSocket), port);

function serveSocket(socket: Socket): void {
  let rest = "";
  socket.setEncoding("utf8");
  socket.on("error", () => {}); // the peer went away; "close" follows
  socket.on("data", (chunk: string) => {
    const text = rest + chunk;
    let answers = "";
    let from = 0;
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", from)) {
      answers += `${answerOf(text.slice(from, end))}\n`;
      from = end + 1;
    }
    rest = text.slice(from);
    if (answers !== "") socket.write(answers);
  });
}
