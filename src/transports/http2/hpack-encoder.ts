import { OutBuffer } from "../../bytes/out-buffer.js";
import { encodeHuffman, huffmanLength } from "./huffman.js";
import { costOf, type Entry, HeaderTable, STATIC } from "./header-table.js";

/** The largest table that this end keeps, whatever the peer allows. */
const TABLE_BYTES = 4096;
/** Fields whose values hardly come again are not worth a place in the table. */
const PASSING: ReadonlySet<string> = new Set([
  "content-length",
  "date",
  "age",
  "etag",
  "grpc-timeout",
  "grpc-message",
  "grpc-status-details-bin",
  "connect-timeout-ms",
  "traceparent",
]);
/** Fields that nobody on the way may keep (RFC 7541 §7.1.3). */
const SECRET: ReadonlySet<string> = new Set(["authorization", "cookie", "set-cookie", "proxy-authorization"]);

/** Where names, and names with values, are in the static table. */
const STATIC_NAMES: ReadonlyMap<string, number> = new Map(
  STATIC.map(({ name }, i) => [name, i + 1] as const).toReversed(),
);
const STATIC_FIELDS: ReadonlyMap<string, number> = new Map(
  STATIC.map(({ name, value }, i) => [`${name}\0${value}`, i + 1] as const).toReversed(),
);

/** A list of fields that is sent again and again, and how it is written while the table stays as it is. */
interface Kept {
  readonly version: number;
  readonly bytes: Uint8Array;
}

/** Encodes the header blocks of one direction of a connection (RFC 7541 §3). Lists that are the same object are encoded once, while the table allows. */
export class HpackEncoder {
  readonly #table: HeaderTable = new HeaderTable(TABLE_BYTES);
  /** How many entries have been added in all; an entry's index follows from when it was. */
  #added = 0;
  /** When each field of the table was added, by name and value, and by name. */
  readonly #fields: Map<string, number> = new Map();
  readonly #names: Map<string, number> = new Map();
  readonly #kept: WeakMap<readonly Entry[], Kept> = new WeakMap();
  /** Size updates that the next block begins with (§4.2): the smallest limit since the last block, and the one that holds. */
  #updates: number[] = [];

  /** The peer's SETTINGS_HEADER_TABLE_SIZE. */
  limit(bytes: number): void {
    const limit = Math.min(bytes, TABLE_BYTES);
    if (limit === this.#table.limit && this.#updates.length === 0) return;
    this.#table.resize(limit);
    const lowest = Math.min(limit, ...this.#updates);
    this.#updates = lowest < limit ? [lowest, limit] : [limit];
  }

  /** Adds the block of some fields to a buffer. */
  encode(fields: readonly Entry[], out: OutBuffer): void {
    const kept = this.#kept.get(fields);
    if (kept !== undefined && kept.version === this.#table.version && this.#updates.length === 0) {
      out.push(kept.bytes);
      return;
    }
    for (const limit of this.#updates.splice(0)) this.#integer(out, limit, { prefix: 5, flags: 0x20 });
    const { version } = this.#table;
    const start = out.length;
    for (const entry of fields) this.#field(out, entry);
    if (version === this.#table.version) this.#kept.set(fields, { version, bytes: out.bytes.slice(start, out.length) });
  }

  #field(out: OutBuffer, entry: Entry): void {
    const { name, value } = entry;
    const key = `${name}\0${value}`;
    const whole = STATIC_FIELDS.get(key) ?? this.#index(this.#fields.get(key));
    if (whole !== undefined) {
      this.#integer(out, whole, { prefix: 7, flags: 0x80 });
      return;
    }
    const index = STATIC_NAMES.get(name) ?? this.#index(this.#names.get(name)) ?? 0;
    const stays = !PASSING.has(name) && !SECRET.has(name) && costOf(entry) <= this.#table.limit / 4;
    if (stays) this.#integer(out, index, { prefix: 6, flags: 0x40 });
    else this.#integer(out, index, { prefix: 4, flags: SECRET.has(name) ? 0x10 : 0 });
    if (index === 0) this.#text(out, name);
    this.#text(out, value);
    if (!stays) return;
    this.#table.add(entry);
    this.#added += 1;
    this.#fields.set(key, this.#added);
    this.#names.set(name, this.#added);
    if (this.#fields.size > 1024) this.#forget();
  }

  /** The index of what was added as the nth, if it is still there. */
  #index(added: number | undefined): number | undefined {
    if (added === undefined) return undefined;
    const place = this.#added - added;
    return place < this.#table.count ? STATIC.length + 1 + place : undefined;
  }

  #forget(): void {
    for (const map of [this.#fields, this.#names])
      for (const [key, added] of map) if (this.#index(added) === undefined) map.delete(key);
  }

  #integer(out: OutBuffer, value: number, { prefix, flags }: { prefix: number; flags: number }): void {
    let at = out.reserve(6);
    const mask = (1 << prefix) - 1;
    if (value < mask) {
      out.bytes[at] = flags | value;
      out.length = at + 1;
      return;
    }
    out.bytes[at] = flags | mask;
    at += 1;
    let rest = value - mask;
    for (; rest >= 128; rest >>>= 7) {
      out.bytes[at] = 0x80 | (rest & 0x7f);
      at += 1;
    }
    out.bytes[at] = rest;
    out.length = at + 1;
  }

  #text(out: OutBuffer, text: string): void {
    const coded = huffmanLength(text);
    if (coded < text.length) {
      this.#integer(out, coded, { prefix: 7, flags: 0x80 });
      const at = out.reserve(coded);
      out.length = encodeHuffman(text, out.bytes, at);
      return;
    }
    this.#integer(out, text.length, { prefix: 7, flags: 0 });
    const at = out.reserve(text.length);
    for (let i = 0; i < text.length; i += 1) out.bytes[at + i] = text.charCodeAt(i);
    out.length = at + text.length;
  }
}
