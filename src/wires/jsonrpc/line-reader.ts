import { decodeUtf8 } from "../../bytes/utf8.js";
import type { Limits } from "../wire.js";
import { type Found, type MessageReader, shownOf, SKIPPED_TIMES } from "./framing.js";
import { HeldBytes } from "./held-bytes.js";
import { LineTexts } from "./line-texts.js";
import { NO_JSON, parseJson, tooDeep } from "./parse-json.js";
import { ValueScanner } from "./value-scanner.js";

const LF = 0x0a;

/**
 * Where the reader is: `between` messages, within a `value` whose brackets are open, in a `line` that does not begin with one, or skipping
 * either of them.
 */
type Place = "between" | "value" | "line" | "skip value" | "skip line";

/**
 * Cuts a stream into JSON texts. An array or object ends with its last bracket, over however many lines; anything else is a line. A line that
 * holds one text, as nearly all do, is cut by its line break alone: those of a chunk are decoded together.
 */
export class LineReader implements MessageReader {
  value: unknown = undefined;
  shown: string = "";
  readonly #limits: Limits;
  readonly #held: HeldBytes = new HeldBytes();
  readonly #lines: LineTexts = new LineTexts(this.#held);
  readonly #scanner: ValueScanner;
  #place: Place = "between";
  /** How many of the held bytes have been looked at within a value or line. */
  #seen = 0;
  #skipped = 0;
  /** Up to here in the stream lies a line that does not hold just one text. */
  #mixedTo = 0;

  constructor(limits: Limits) {
    this.#limits = limits;
    this.#scanner = new ValueScanner(limits.maxDepth);
  }

  get arriving(): boolean {
    return this.#place !== "between" || this.#held.length > 0;
  }

  push(chunk: Uint8Array): void {
    this.#held.push(chunk);
  }

  keep(): void {
    this.#held.keep();
    this.#lines.forget();
  }

  next(): Found {
    this.value = undefined;
    for (;;) {
      const before = this.#place;
      if (before === "between" && !this.#toStart()) return undefined;
      const found = before === "between" ? this.#wholeLine() : this.#further();
      // With nothing found, and no other place to go on from, the rest is still to come.
      if (found !== undefined || this.#place === before) return found;
    }
  }

  /** Skips blanks; false: there was nothing else. */
  #toStart(): boolean {
    const held = this.#held;
    const { bytes, until } = held;
    let { at } = held;
    while (at < until && isBlank(bytes[at])) at += 1;
    held.at = at;
    return at < until;
  }

  /** Takes the line that begins here if it is there, and one text; else goes on from its first byte. */
  #wholeLine(): Found {
    const held = this.#held;
    const { at, bytes } = held;
    if (held.position >= this.#mixedTo && this.#lines.next()) {
      const { length, text } = this.#lines;
      if (length <= this.#limits.maxMessageBytes) {
        const found = this.#parse(text, length);
        // A line that seems too deep may break before it gets so deep.
        if (found === "message") {
          held.at = at + length + 1;
          return found;
        }
      }
      this.#mixedTo = held.position + length;
    }
    const first = bytes[at];
    this.#seen = 0;
    if (first === 0x7b || first === 0x5b) {
      this.#scanner.begin();
      this.#place = "value";
    } else this.#place = "line";
    return undefined;
  }

  /** Goes on within a message, or with skipping one. */
  #further(): Found {
    switch (this.#place) {
      case "value":
        return this.#inValue();
      case "line":
        return this.#inLine();
      case "skip value":
        return this.#skipValue();
      default:
        return this.#skipLine();
    }
  }

  #inValue(): Found {
    const held = this.#held;
    const { at, bytes, until } = held;
    const limit = this.#limits.maxMessageBytes;
    const scanned = this.#scanner.scan(bytes, at + this.#seen, Math.min(until, at + limit));
    if (scanned === undefined) {
      this.#seen = this.#scanner.at - at;
      return this.#seen < limit ? undefined : this.#tooLong("skip value");
    }
    if (scanned === "broken") return this.#resume("garbage");
    const end = this.#scanner.at;
    const found = this.#parse(decodeUtf8(bytes, at, end), end - at);
    held.at = end;
    this.#place = found === "garbage" ? "skip line" : "between";
    this.#skipped = 0;
    return found;
  }

  #inLine(): Found {
    const held = this.#held;
    const { at, bytes, until } = held;
    const end = lineEnd(bytes, at + this.#seen, until);
    this.#seen = end - at;
    if (this.#seen > this.#limits.maxMessageBytes) return this.#tooLong("skip line");
    if (end === until) return undefined;
    const found = this.#parse(decodeUtf8(bytes, at, end), end - at);
    held.at = end;
    this.#place = "between";
    return found;
  }

  #skipValue(): Found {
    const held = this.#held;
    const scanned = this.#scanner.scan(held.bytes, held.at, held.until);
    this.#skipTo(this.#scanner.at);
    if (this.#hopeless()) return "hopeless";
    if (scanned === "closed") this.#place = "between";
    else if (scanned === "broken") this.#resume(undefined);
    return undefined;
  }

  #skipLine(): Found {
    const held = this.#held;
    const end = lineEnd(held.bytes, held.at, held.until);
    const whole = end < held.until;
    this.#skipTo(end);
    if (this.#hopeless()) return "hopeless";
    if (whole) this.#place = "between";
    return undefined;
  }

  #parse(text: string | undefined, length: number): Found {
    const { at, bytes } = this.#held;
    if (tooDeep(bytes, at, { length, limit: this.#limits.maxDepth })) {
      this.shown = shownOf(bytes, at, at + length);
      return "deep";
    }
    this.value = parseJson(text);
    return this.value === NO_JSON ? "garbage" : "message";
  }

  /** Goes on behind what no value can hold: from a line that may begin another, or from the next. */
  #resume(found: Found): Found {
    this.#held.at = this.#scanner.at;
    this.#place = this.#scanner.restarts ? "between" : "skip line";
    this.#skipped = 0;
    return found;
  }

  #tooLong(place: Place): Found {
    const held = this.#held;
    this.shown = shownOf(held.bytes, held.at, held.at + this.#seen);
    this.#skipped = 0;
    this.#skipTo(held.at + this.#seen);
    this.#place = place;
    return "skipped";
  }

  #skipTo(at: number): void {
    this.#skipped += at - this.#held.at;
    this.#held.at = at;
  }

  #hopeless(): boolean {
    return this.#skipped > this.#limits.maxMessageBytes * SKIPPED_TIMES;
  }
}

function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === LF || byte === 0x0d || byte === 0x09;
}

/** Where the next line break is, or where the bytes end. */
function lineEnd(bytes: Uint8Array, from: number, until: number): number {
  const end = bytes.indexOf(LF, from);
  return end < 0 || end > until ? until : end;
}
