import { connect } from "node:net";
import { once } from "node:events";
import type { OpenClient } from "../peer.js";

interface Answer {
  readonly id: number;
  readonly result: unknown;
}

/** Newline-delimited JSON-RPC by hand: what is asked in one turn leaves in one write. */
export const open: OpenClient = async (address) => {
  const { hostname, port } = new URL(address);
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  await once(socket, "connect");
  const waiting = new Map<number, (value: unknown) => void>();
  let lastId = 0;
  let asked = "";
  let rest = "";
  socket.setEncoding("utf8");
  socket.on("data", (chunk: string) => {
    const text = rest + chunk;
    let from = 0;
    // jayson puts no line break after an answer; one follows the other.
    for (let end = endOf(text, from); end >= 0; end = endOf(text, from)) {
      const { id, result }: Answer = JSON.parse(text.slice(from, end));
      waiting.get(id)?.(result);
      waiting.delete(id);
      from = end;
    }
    rest = text.slice(from);
  });
  return {
    echo: (payload) =>
      new Promise((resolve) => {
        lastId += 1;
        waiting.set(lastId, resolve);
        if (asked === "") {
          process.nextTick(() => {
            socket.write(asked);
            asked = "";
          });
        }
        asked += `${JSON.stringify({ jsonrpc: "2.0", id: lastId, method: "echo", params: [payload] })}\n`;
      }),
  };
};

/** Where an answer ends that holds no braces but its own: after its `}` and the line break, if there is one. */
function endOf(text: string, from: number): number {
  const end = text.indexOf("}", from);
  if (end < 0) return -1;
  return text[end + 1] === "\n" ? end + 2 : end + 1;
}
