/** A meta's or a message's field: a number, bytes, a text, or fields within it. */
export type Field = readonly [number: number, value: number | bigint | string | Uint8Array | readonly Field[]];

/** Writes a protobuf message, without anything of callwire's. */
export function message(fields: readonly Field[]): Buffer {
  return Buffer.concat(
    fields.flatMap(([number, value]) => {
      if (typeof value === "number" || typeof value === "bigint")
        return [varint(BigInt(number) << 3n), varint(BigInt.asUintN(64, BigInt(value)))];
      const bytes =
        typeof value === "string" ? Buffer.from(value) : value instanceof Uint8Array ? value : message(value);
      return [varint((BigInt(number) << 3n) | 2n), varint(BigInt(bytes.length)), bytes];
    }),
  );
}

/** Puts the head of a packet before its meta and what follows that. */
export function packet(
  meta: readonly Field[] | Uint8Array,
  rest: Uint8Array = Buffer.alloc(0),
  magic = "PRPC",
): Buffer {
  const bytes = meta instanceof Uint8Array ? meta : message(meta);
  const head = Buffer.alloc(12);
  head.write(magic, "latin1");
  head.writeUInt32BE(bytes.length + rest.length, 4);
  head.writeUInt32BE(bytes.length, 8);
  return Buffer.concat([head, bytes, rest]);
}

/** A request to a method, with more fields of the meta. */
export function request(path: string, id: number | bigint, rest: Uint8Array, more: readonly Field[] = []): Buffer {
  const [service = "", method = ""] = path.split("/");
  return packet(
    [
      [
        1,
        [
          [1, service],
          [2, method],
        ],
      ],
      [4, id],
      ...more,
    ],
    rest,
  );
}

/** A message whose field 1 is a text, as those of the example and of echo.proto are. */
export function saying(text: string): Buffer {
  return message([[1, text]]);
}

/** What a packet holds: its fields by number, the last of each where it comes twice, and what follows the meta. */
export interface Packet {
  readonly magic: string;
  readonly meta: Fields;
  readonly rest: Buffer;
}

/** A message's fields by number, each as often as it came. */
export type Fields = ReadonlyMap<number, readonly (bigint | Buffer)[]>;

/** The whole packets at the beginning of some bytes, and how many bytes those are. */
export function packetsIn(bytes: Buffer): { readonly packets: readonly Packet[]; readonly used: number } {
  const packets: Packet[] = [];
  let at = 0;
  while (bytes.length - at >= 12) {
    const body = bytes.readUInt32BE(at + 4);
    const meta = bytes.readUInt32BE(at + 8);
    if (bytes.length - at < 12 + body) break;
    const end = at + 12 + body;
    packets.push({
      magic: bytes.toString("latin1", at, at + 4),
      meta: fieldsOf(bytes.subarray(at + 12, at + 12 + meta)),
      rest: bytes.subarray(at + 12 + meta, end),
    });
    at = end;
  }
  return { packets, used: at };
}

/** Reads a message's fields. Throws where it is none. */
export function fieldsOf(bytes: Buffer): Fields {
  const fields = new Map<number, (bigint | Buffer)[]>();
  let at = 0;
  const next = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes.readUInt8(at);
      at += 1;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < bytes.length) {
    const tag = Number(next());
    let value: bigint | Buffer;
    if ((tag & 7) === 0) value = next();
    else if ((tag & 7) === 2) {
      const length = Number(next());
      if (at + length > bytes.length) throw new RangeError("A field goes beyond its message.");
      value = bytes.subarray(at, at + length);
      at += length;
    } else throw new TypeError(`A field has the type ${tag & 7}.`);
    fields.set(tag >> 3, [...(fields.get(tag >> 3) ?? []), value]);
  }
  return fields;
}

/** A number of a message; 0 where it is not there, as in protobuf. */
export function numberAt(fields: Fields, number: number): bigint {
  const value = fields.get(number)?.at(-1) ?? 0n;
  if (typeof value !== "bigint") throw new TypeError(`Field ${number} is no number.`);
  return value;
}

/** The bytes of a field; none where it is not there. */
export function bytesAt(fields: Fields, number: number): Buffer {
  const value = fields.get(number)?.at(-1) ?? Buffer.alloc(0);
  if (typeof value === "bigint") throw new TypeError(`Field ${number} is a number.`);
  return value;
}

/** What an answer says, in short. */
export function said({ meta, rest }: Packet): { id: bigint; code: number; text: string; rest: Buffer } {
  const response = fieldsOf(bytesAt(meta, 2));
  return {
    id: numberAt(meta, 4),
    code: Number(BigInt.asIntN(32, numberAt(response, 1))),
    text: bytesAt(response, 2).toString(),
    rest,
  };
}

/** The user fields of a meta. */
export function userFields(meta: Fields): Readonly<Record<string, string>> {
  const entries = (meta.get(9) ?? []).map((entry) => {
    const fields = fieldsOf(entry as Buffer); // a map's entries are messages
    return [bytesAt(fields, 1).toString(), bytesAt(fields, 2).toString()] as const;
  });
  return Object.fromEntries(entries);
}

function varint(value: bigint): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  bytes.push(Number(rest));
  return Buffer.from(bytes);
}
