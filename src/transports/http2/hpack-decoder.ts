import { decodeHuffman } from "./huffman.js";
import { costOf, type Entry, HeaderTable } from "./header-table.js";
import { sharedEntry } from "./shared-entry.js";

/** So many blocks are remembered, for those that come again. */
const BLOCKS_KEPT = 16;
/** Longer blocks are not remembered. */
const KEPT_BYTES = 1024;

/** A header block decoded: its fields in order, names as they were sent. A block that comes again is the same object. */
export interface HeaderBlock {
  readonly fields: readonly Entry[];
  /** What the fields cost in all (RFC 9113 §6.5.2). */
  readonly size: number;
  /** The fields cost more than the limit; those beyond it are not here. The table is right all the same. */
  readonly oversized: boolean;
  /** What its reader made of it. */
  memo: unknown;
}

interface Kept {
  readonly bytes: Uint8Array;
  readonly version: number;
  readonly block: HeaderBlock;
}

/**
 * Decodes the header blocks of one direction of a connection (RFC 7541 §3). Blocks that come again byte for byte, with no change of the
 * table in between, are not decoded again.
 */
export class HpackDecoder {
  readonly #table: HeaderTable;
  /** The largest table that this end has allowed (SETTINGS_HEADER_TABLE_SIZE). */
  readonly #tableLimit: number;
  readonly #listLimit: number;
  readonly #kept: Kept[] = [];
  #keptNext = 0;
  #bytes: Uint8Array = NONE;
  #at = 0;
  #end = 0;

  /** `tableLimit` is what this end announced as SETTINGS_HEADER_TABLE_SIZE; fields may cost `listLimit` in all. */
  constructor(tableLimit: number, listLimit: number) {
    this.#table = new HeaderTable(tableLimit);
    this.#tableLimit = tableLimit;
    this.#listLimit = listLimit;
  }

  /** Decodes a whole block. Undefined: it is none, and the connection's tables are out of step (COMPRESSION_ERROR). */
  decode(bytes: Uint8Array, start: number, end: number): HeaderBlock | undefined {
    const known = this.#known(bytes, start, end);
    if (known !== undefined) return known;
    const { version } = this.#table;
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
    const block = this.#block();
    this.#bytes = NONE;
    // Only a block that left the table as it was means the same when it comes again.
    if (block !== undefined && version === this.#table.version && end - start <= KEPT_BYTES) {
      this.#kept[this.#keptNext] = { bytes: bytes.slice(start, end), version, block };
      this.#keptNext = (this.#keptNext + 1) % BLOCKS_KEPT;
    }
    return block;
  }

  #known(bytes: Uint8Array, start: number, end: number): HeaderBlock | undefined {
    const length = end - start;
    const { version } = this.#table;
    for (const kept of this.#kept) {
      if (kept.bytes.length !== length || kept.version !== version) continue;
      let same = 0;
      while (same < length && kept.bytes[same] === bytes[start + same]) same += 1;
      if (same === length) return kept.block;
    }
    return undefined;
  }

  #block(): HeaderBlock | undefined {
    const fields: Entry[] = [];
    let size = 0;
    let oversized = false;
    while (this.#at < this.#end) {
      const byte = this.#bytes[this.#at] ?? 0;
      // §6.3: a size update stands before the first field only (§4.2).
      if ((byte & 0xe0) === 0x20) {
        if (fields.length > 0 || oversized || !this.#resize()) return undefined;
        continue;
      }
      const entry = this.#field(byte);
      if (entry === undefined) return undefined;
      size += costOf(entry);
      if (size > this.#listLimit) oversized = true;
      else fields.push(entry);
    }
    return { fields, size, oversized, memo: undefined };
  }

  #resize(): boolean {
    const limit = this.#integer(5);
    if (limit < 0 || limit > this.#tableLimit) return false;
    this.#table.resize(limit);
    return true;
  }

  /** §6.1 and §6.2: a field by its index, or by its name's index or name, and value. */
  #field(byte: number): Entry | undefined {
    if ((byte & 0x80) !== 0) return this.#table.at(this.#integer(7));
    const indexed = (byte & 0xc0) === 0x40;
    const index = this.#integer(indexed ? 6 : 4);
    if (index < 0) return undefined;
    const name = index === 0 ? this.#text() : this.#table.at(index)?.name;
    const value = name === undefined ? undefined : this.#text();
    if (name === undefined || value === undefined) return undefined;
    const entry = sharedEntry(name, value);
    if (indexed) this.#table.add(entry);
    return entry;
  }

  /** §5.1: an integer with a prefix of so many bits; -1 where it is cut, or larger than anything that can be meant. */
  #integer(prefix: number): number {
    const mask = (1 << prefix) - 1;
    let value = (this.#bytes[this.#at] ?? 0) & mask;
    this.#at += 1;
    if (value < mask) return value;
    for (let shift = 0; shift <= 21; shift += 7) {
      if (this.#at >= this.#end) return -1;
      const byte = this.#bytes[this.#at] ?? 0;
      this.#at += 1;
      value += (byte & 0x7f) << shift;
      if ((byte & 0x80) === 0) return value;
    }
    return -1;
  }

  /** §5.2: a text, each byte as the character of its number. */
  #text(): string | undefined {
    if (this.#at >= this.#end) return undefined;
    const coded = ((this.#bytes[this.#at] ?? 0) & 0x80) !== 0;
    const length = this.#integer(7);
    const start = this.#at;
    const end = start + length;
    if (length < 0 || end > this.#end) return undefined;
    this.#at = end;
    if (!coded) return latin1(this.#bytes, start, end);
    const room = (length * 8) / 5 + 1;
    if (room > scratch.length) scratch = new Uint8Array(room * 2);
    const decoded = decodeHuffman(this.#bytes, { start, end }, scratch);
    return decoded < 0 ? undefined : latin1(scratch, 0, decoded);
  }
}

const NONE = new Uint8Array(0);
let scratch = new Uint8Array(1024);

/** Node's own reading of bytes as characters. */
function latin1(bytes: Uint8Array, start: number, end: number): string {
  if (end - start > 24) return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString("latin1");
  let text = "";
  for (let at = start; at < end; at += 1) text += String.fromCharCode(bytes[at] ?? 0);
  return text;
}
