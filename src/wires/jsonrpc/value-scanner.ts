const LF = 0x0a;
const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/**
 * Finds the end of an array or object in bytes that come bit by bit (RFC 8259 §2): it knows brackets, strings, and what may stand before
 * them, so that a text which was cut short is not taken to go on with the next. All else is left to the parser.
 */
export class ValueScanner {
  /** Where the last scan stopped: behind the value, or at what cannot be part of it. */
  at: number = 0;
  /** What cannot be part of it begins its line, and may begin another value. */
  restarts: boolean = false;
  readonly #maxDepth: number;
  /** The brackets that are open, up to the limit of depth. */
  readonly #open: number[] = [];
  /** How many are open beyond that. */
  #beyond = 0;
  /** The last byte that says something. */
  #last = COLON;
  #quoted = false;
  #escaped = false;
  /** Nothing but blanks since the last line break. */
  #fresh = false;

  constructor(maxDepth: number) {
    this.#maxDepth = Math.max(maxDepth, 1);
  }

  /** Makes ready for a value, whose first byte is an opening bracket. */
  begin(): void {
    this.#open.length = 0;
    this.#beyond = 0;
    this.#last = COLON;
    this.#quoted = this.#escaped = this.#fresh = false;
  }

  /** Goes on from one byte up to another. Undefined: the value is not over. */
  scan(bytes: Uint8Array, from: number, until: number): "closed" | "broken" | undefined {
    let at = from;
    while (at < until) {
      if (this.#quoted) {
        at = this.#text(bytes, at, until);
        if (at === until) break;
        // A text ends at its quote; a line break cannot be part of one (RFC 8259 §7).
        if (bytes[at] === LF) return this.#stop("broken", at, false);
        this.#quoted = false;
        this.#last = QUOTE;
      } else {
        const byte = bytes[at] ?? 0;
        if (byte === LF) this.#fresh = true;
        else if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0d) {
          if (!this.#takes(byte))
            return this.#stop("broken", at, this.#fresh && (byte === OPEN_OBJECT || byte === OPEN_ARRAY));
          if (this.#open.length === 0) return this.#stop("closed", at + 1, false);
          this.#fresh = false;
        }
      }
      at += 1;
    }
    this.at = at;
    return undefined;
  }

  #stop(result: "closed" | "broken", at: number, restarts: boolean): "closed" | "broken" {
    this.at = at;
    this.restarts = restarts;
    return result;
  }

  /** Skips text up to its closing quote or a line break. */
  #text(bytes: Uint8Array, from: number, until: number): number {
    let at = from;
    let escaped = this.#escaped;
    for (; at < until; at += 1) {
      const byte = bytes[at];
      if (byte === LF) break;
      if (escaped) escaped = false;
      else if (byte === BACKSLASH) escaped = true;
      else if (byte === QUOTE) break;
    }
    this.#escaped = escaped;
    return at;
  }

  /** Takes a byte that is no blank and in no text; false: it cannot stand here. */
  #takes(byte: number): boolean {
    const last = this.#last;
    const inner = this.#beyond > 0 ? undefined : this.#open.at(-1);
    if (byte === QUOTE) {
      if (last !== COMMA && last !== COLON && last !== OPEN_ARRAY && last !== OPEN_OBJECT) return false;
      this.#quoted = true;
    } else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
      // In an object a value follows a colon only.
      if (last !== COLON && last !== OPEN_ARRAY && (last !== COMMA || inner === OPEN_OBJECT)) return false;
      if (this.#open.length < this.#maxDepth) this.#open.push(byte);
      else this.#beyond += 1;
    } else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) {
      if (inner === undefined) this.#beyond -= 1;
      else if (inner !== (byte === CLOSE_OBJECT ? OPEN_OBJECT : OPEN_ARRAY)) return false;
      else this.#open.pop();
    }
    this.#last = byte;
    return true;
  }
}
