import { createServer, type AddressInfo } from "node:net";
import { once } from "node:events";
import type { StartServer } from "../peer.js";

const HEAD_BYTES = 12;
/** The tag of correlation_id, the fourth field of RpcMeta. */
const ID_TAG = 0x20;

/** An echo in baidu_std by hand, for requests whose meta ends with the correlation id: what comes in one chunk is answered in one write. */
export const start: StartServer = async () => {
  const server = createServer({ noDelay: true }, (socket) => {
    let rest = Buffer.alloc(0);
    socket.on("data", (chunk) => {
      const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      const answers: Buffer[] = [];
      let at = 0;
      while (bytes.length - at >= HEAD_BYTES) {
        const body = bytes.readUInt32BE(at + 4);
        const meta = bytes.readUInt32BE(at + 8);
        if (bytes.length - at < HEAD_BYTES + body) break;
        const metaEnd = at + HEAD_BYTES + meta;
        // The request's own message is first, and its length has one byte.
        const id = at + HEAD_BYTES + 2 + (bytes[at + HEAD_BYTES + 1] ?? 0);
        if (bytes[id] !== ID_TAG) throw new Error("The correlation id follows the request.");
        const idBytes = metaEnd - id;
        const answer = Buffer.allocUnsafe(HEAD_BYTES + 4 + idBytes + body - meta);
        answer.write("PRPC", "latin1");
        answer.writeUInt32BE(4 + idBytes + body - meta, 4);
        answer.writeUInt32BE(4 + idBytes, 8);
        answer.writeUInt32BE(0x1202_0800, HEAD_BYTES);
        bytes.copy(answer, HEAD_BYTES + 4, id, at + HEAD_BYTES + body);
        answers.push(answer);
        at += HEAD_BYTES + body;
      }
      rest = bytes.subarray(at);
      if (answers.length > 0) socket.write(Buffer.concat(answers));
    });
    socket.on("error", () => socket.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo; // it listens on TCP
  return `tcp://127.0.0.1:${port}`;
};
