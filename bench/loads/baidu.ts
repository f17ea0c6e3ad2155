import { connect } from "node:net";
import { once } from "node:events";
import type { OpenClient } from "../peer.js";

const HEAD_BYTES = 12;
/** `bench.Echo` and `Echo` as RpcRequestMeta, the first field of RpcMeta. */
const REQUEST = Buffer.from("\n\u0012\n\nbench.Echo\u0012\u0004Echo", "latin1");
const ID_TAG = 0x20;

/** baidu_std by hand, for messages whose field 1 is a short text: what is asked in one turn leaves in one write. */
export const open: OpenClient = async (address) => {
  const { hostname, port } = new URL(address);
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  await once(socket, "connect");
  const waiting = new Map<number, (text: string) => void>();
  let lastId = 0;
  let asked: Buffer[] = [];
  let rest: Buffer = Buffer.alloc(0);
  socket.on("data", (chunk: Buffer) => {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let at = 0;
    while (bytes.length - at >= HEAD_BYTES) {
      const body = bytes.readUInt32BE(at + 4);
      const meta = bytes.readUInt32BE(at + 8);
      if (bytes.length - at < HEAD_BYTES + body) break;
      const metaEnd = at + HEAD_BYTES + meta;
      const id = idIn(bytes, at + HEAD_BYTES, metaEnd);
      waiting.get(id)?.(bytes.toString("utf8", metaEnd + 2, at + HEAD_BYTES + body));
      waiting.delete(id);
      at += HEAD_BYTES + body;
    }
    rest = bytes.subarray(at);
  });
  return {
    echo: (text) =>
      new Promise((resolve) => {
        lastId += 1;
        waiting.set(lastId, resolve);
        if (asked.length === 0) {
          process.nextTick(() => {
            socket.write(Buffer.concat(asked));
            asked = [];
          });
        }
        asked.push(packet(lastId, text));
      }),
  };
};

function packet(id: number, text: string): Buffer {
  const number: number[] = [];
  let left = id;
  for (; left >= 128; left >>>= 7) number.push((left & 127) | 128);
  number.push(left);
  const meta = REQUEST.length + 1 + number.length;
  const length = Buffer.byteLength(text);
  const bytes = Buffer.allocUnsafe(HEAD_BYTES + meta + 2 + length);
  bytes.write("PRPC", "latin1");
  bytes.writeUInt32BE(meta + 2 + length, 4);
  bytes.writeUInt32BE(meta, 8);
  REQUEST.copy(bytes, HEAD_BYTES);
  let at = HEAD_BYTES + REQUEST.length;
  for (const byte of [ID_TAG, ...number, 0x0a, length]) {
    bytes[at] = byte;
    at += 1;
  }
  bytes.write(text, at);
  return bytes;
}

/** The correlation id of an answer: the number after field 2, whose length has one byte. */
function idIn(bytes: Buffer, start: number, end: number): number {
  let at = start + 2 + (bytes[start + 1] ?? 0) + 1;
  let id = 0;
  for (let shift = 0; at < end; shift += 7) {
    const byte = bytes[at] ?? 0;
    at += 1;
    id |= (byte & 127) << shift;
    if (byte < 128) break;
  }
  return id;
}
