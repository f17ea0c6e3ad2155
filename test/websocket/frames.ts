/** How a frame is to be, where it is to be other than usual. */
export interface FrameParts {
  readonly fin?: boolean;
  /** The three reserved bits, as they stand in the first byte. */
  readonly reserved?: number;
  readonly mask?: boolean;
  /** The length that is said, where it is to lie. */
  readonly length?: bigint;
}

const KEY = [0x12, 0x34, 0x56, 0x78];

/** A frame made by hand (RFC 6455 §5.2), masked as a client's unless said otherwise. */
export function frameOf(opcode: number, payload: string | Uint8Array = "", parts: FrameParts = {}): Buffer {
  const { fin = true, reserved = 0, mask = true } = parts;
  const body = Buffer.from(payload as string); // Buffer.from has the same overload for both
  const length = parts.length ?? BigInt(body.length);
  const head = Buffer.alloc(length > 0xffffn ? 10 : length > 125n ? 4 : 2);
  head[0] = (fin ? 0x80 : 0) | reserved | opcode;
  if (head.length === 2) head[1] = Number(length);
  else head[1] = head.length === 4 ? 126 : 127;
  if (head.length === 4) head.writeUInt16BE(Number(length), 2);
  if (head.length === 10) head.writeBigUInt64BE(length, 2);
  if (!mask) return Buffer.concat([head, body]);
  head[1] |= 0x80;
  return Buffer.concat([head, Buffer.from(KEY), body.map((byte, i) => byte ^ (KEY[i % 4] ?? 0))]);
}

/** A close frame. */
export function closeOf(code?: number, reason = "", parts: FrameParts = {}): Buffer {
  if (code === undefined) return frameOf(8, "", parts);
  return frameOf(8, Buffer.concat([Buffer.from([code >> 8, code & 0xff]), Buffer.from(reason)]), parts);
}

/** A frame that was heard: what it is, and its text; of a close frame its code and reason. */
export type Heard = readonly [opcode: number, text: string];

/** Reads the frames of a whole conversation by hand. Throws where it ends within one, or masking is other than `masked`. */
export function framesIn(bytes: Uint8Array, masked = false): Heard[] {
  const heard: Heard[] = [];
  const all = Buffer.from(bytes);
  for (let at = 0; at < all.length;) {
    const first = all.readUInt8(at);
    const second = all.readUInt8(at + 1);
    if ((first & 0xf0) !== 0x80) throw new Error(`A frame begins with ${first}.`);
    if (second >= 128 !== masked) throw new Error(`A frame is ${masked ? "not masked" : "masked"}.`);
    let length = second & 0x7f;
    at += 2;
    if (length === 126) {
      length = all.readUInt16BE(at);
      at += 2;
    } else if (length === 127) {
      length = Number(all.readBigUInt64BE(at));
      at += 8;
    }
    const key = masked ? all.subarray(at, at + 4) : Buffer.alloc(4);
    if (masked) at += 4;
    if (at + length > all.length) throw new Error("The conversation ends within a frame.");
    const body = Buffer.from(all.subarray(at, at + length).map((byte, i) => byte ^ (key[i % 4] ?? 0)));
    at += length;
    const opcode = first & 0x0f;
    heard.push([
      opcode,
      opcode === 8 && length > 0 ? `${body.readUInt16BE(0)} ${body.toString("utf8", 2)}` : body.toString(),
    ]);
  }
  return heard;
}
