import { Buffer } from "node:buffer";

const PREFIX = 4;
const LONGEST = 4 * 1024 * 1024;

/**
 * Cuts the chunks of one connection into messages of length-prefixed JSON: 4 bytes of length, little-endian, then that many bytes
 * of UTF-8. A message may be split anywhere, and a chunk may hold many.
 */
export class FrameReader<Message> {
  readonly #each: (message: Message) => void;
  #rest: Buffer | undefined;

  /** `each` is called with every parsed message; whether it is a `Message` is not checked. */
  constructor(each: (message: Message) => void) {
    this.#each = each;
  }

  /** Takes one chunk and hands on what is now whole; throws when the bytes are not of this protocol. */
  read(chunk: Buffer): void {
    const bytes = this.#rest === undefined ? chunk : Buffer.concat([this.#rest, chunk]);
    let at = 0;
    while (bytes.length - at >= PREFIX) {
      const length = bytes.readUInt32LE(at);
      if (length > LONGEST) throw new Error(`A message of ${length} bytes is over the limit of ${LONGEST}.`);
      const end = at + PREFIX + length;
      if (end > bytes.length) break;
      this.#each(JSON.parse(bytes.toString("utf8", at + PREFIX, end)));
      at = end;
    }
    this.#rest = at === bytes.length ? undefined : bytes.subarray(at);
  }
}

/** Makes one buffer of many JSON texts, each with its length before it. */
export function packFrames(texts: readonly string[]): Buffer {
  let size = 0;
  for (const text of texts) size += PREFIX + Buffer.byteLength(text);
  const packed = Buffer.allocUnsafe(size);
  let at = 0;
  for (const text of texts) {
    const length = packed.write(text, at + PREFIX);
    packed.writeUInt32LE(length, at);
    at += PREFIX + length;
  }
  return packed;
}
