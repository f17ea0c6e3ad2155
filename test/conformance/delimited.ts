import type { Readable } from "node:stream";

/** Reads messages from a stream: each follows its length, four bytes, big-endian. Throws where the stream ends within one. */
export async function* readDelimited(input: Readable): AsyncGenerator<Uint8Array> {
  let held = Buffer.alloc(0);
  for await (const chunk of input) {
    held = Buffer.concat([held, chunk as Buffer]); // a stream without an encoding reads Buffers
    while (held.length >= 4 && held.length >= 4 + held.readUInt32BE()) {
      const end = 4 + held.readUInt32BE();
      yield held.subarray(4, end);
      held = held.subarray(end);
    }
  }
  if (held.length > 0) throw new Error(`The input ended within a message: ${held.length} bytes are left.`);
}

/** A message behind its length. */
export function delimited(message: Uint8Array): Uint8Array {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(message.length);
  return Buffer.concat([length, message]);
}
