/** A header field with what it costs in a table (RFC 7541 §4.1). */
export interface Entry {
  readonly name: string;
  readonly value: string;
}

const NAMES =
  ":authority :method :method :path :path :scheme :scheme :status :status :status :status :status :status :status accept-charset " +
  "accept-encoding accept-language accept-ranges accept access-control-allow-origin age allow authorization cache-control " +
  "content-disposition content-encoding content-language content-length content-location content-range content-type cookie date etag " +
  "expect expires from host if-match if-modified-since if-none-match if-range if-unmodified-since last-modified link location " +
  "max-forwards proxy-authenticate proxy-authorization range referer refresh retry-after server set-cookie strict-transport-security " +
  "transfer-encoding user-agent vary via www-authenticate";
/** The values of the static table's first entries; the others have none, but for `accept-encoding`. */
const VALUES = [
  "",
  "GET",
  "POST",
  "/",
  "/index.html",
  "http",
  "https",
  "200",
  "204",
  "206",
  "304",
  "400",
  "404",
  "500",
];

/** The static table (RFC 7541 Appendix A); index 1 of the wire is its first. */
export const STATIC: readonly Entry[] = NAMES.split(" ").map((name, i) => ({
  name,
  value: name === "accept-encoding" ? "gzip, deflate" : (VALUES[i] ?? ""),
}));

/** What an entry costs beside its name and value. */
const OVERHEAD = 32;

/** A table has places for so many entries at first, and twice as many when they are full: most connections send few distinct fields. */
const FIRST_ROOM = 8;

/** The dynamic table (RFC 7541 §2.3.2): the newest entry first, those that do not fit dropped from the other end. */
export class HeaderTable {
  /** Grows by one with every change, so that what was worked out with the table is known to hold still. */
  version: number = 0;
  /** A ring: the newest entry is at `#newest`, older ones behind it. */
  #ring: (Entry | undefined)[] = Array.from({ length: FIRST_ROOM });
  #newest = 0;
  #count = 0;
  #size = 0;
  #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get count(): number {
    return this.#count;
  }

  get limit(): number {
    return this.#limit;
  }

  /** Sets how much the entries may cost in all, in bytes; those that are too many go. */
  resize(limit: number): void {
    this.#limit = limit;
    if (this.#size > limit) this.version += 1;
    this.#evict(0);
  }

  /** The entry at an index of the wire: 1 to 61 the static table, then the dynamic one. */
  at(index: number): Entry | undefined {
    if (index <= STATIC.length) return STATIC[index - 1];
    const place = index - STATIC.length - 1;
    return place < this.#count ? this.#ring[(this.#newest - place) & (this.#ring.length - 1)] : undefined;
  }

  /** Adds an entry. One that is larger than the table empties it (RFC 7541 §4.4). */
  add(entry: Entry): void {
    const cost = costOf(entry);
    this.version += 1;
    this.#evict(cost);
    if (cost > this.#limit) return;
    if (this.#count === this.#ring.length) this.#grow();
    this.#newest = (this.#newest + 1) & (this.#ring.length - 1);
    this.#ring[this.#newest] = entry;
    this.#count += 1;
    this.#size += cost;
  }

  #evict(needed: number): void {
    while (this.#count > 0 && this.#size + needed > this.#limit) {
      const oldest = (this.#newest - this.#count + 1) & (this.#ring.length - 1);
      const entry = this.#ring[oldest];
      this.#ring[oldest] = undefined;
      this.#count -= 1;
      if (entry !== undefined) this.#size -= costOf(entry);
    }
  }

  #grow(): void {
    const entries = Array.from({ length: this.#count }, (_, place) => this.at(STATIC.length + 1 + place)).toReversed();
    this.#ring = [...entries, ...Array.from({ length: this.#ring.length * 2 - entries.length }, () => undefined)];
    this.#newest = entries.length - 1;
  }
}

/** What a field costs in a table, and in a header list (RFC 7541 §4.1, RFC 9113 §6.5.2), in bytes. */
export function costOf({ name, value }: Entry): number {
  return name.length + value.length + OVERHEAD;
}
