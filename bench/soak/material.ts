import { random } from "./random.js";

/** Which content a message has: the same at both ends, so that every answer is known beforehand. */
export interface Recipe {
  readonly seed: number;
  readonly size: number;
  /** It can be compressed. */
  readonly plain: boolean;
}

/** How one kind of content is made and compared. */
export interface Material<T> {
  readonly make: (recipe: Recipe) => T;
  readonly same: (a: T, b: T) => boolean;
  readonly size: (data: T) => number;
  /** A number that depends on all of it. */
  readonly sum: (data: T) => number;
}

const MOST = 2_097_152;
/** Two words of a message are its own, so that no two are alike by chance. */
const OWN = 8;

const noise = bytesOf(4_711);
const plainBytes = Buffer.alloc(MOST * 2, "The same words again and again, as they are in most messages. ");
// What XML, JSON and UTF-8 each have to take care of, and nothing that XML forbids. No surrogates, which a cut would part.
const LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789 <>&\"'\\/\n\tß中é]]{}%=+".split("");
const text = Array.from(noise.subarray(0, 262_144), (byte) => LETTERS[byte % LETTERS.length])
  .join("")
  .repeat(8);
const plainText = "Lorem ipsum & dolor <sit> amet, größer als das. ".repeat(44_000);

function bytesOf(seed: number): Buffer {
  const pick = random(seed);
  const words = new Uint32Array((MOST * 2) / 4);
  for (let i = 0; i < words.length; i += 1) words[i] = pick(4_294_967_296);
  return Buffer.from(words.buffer);
}

/** Bytes. */
export const bytes: Material<Uint8Array> = {
  make({ seed, size, plain }) {
    const from = (seed * 31) % MOST;
    // A copy, since the first bytes become its own.
    const made = new Uint8Array((plain ? plainBytes : noise).subarray(from, from + size));
    if (size >= OWN) new DataView(made.buffer).setFloat64(0, seed);
    return made;
  },
  same: (a, b) => a.length === b.length && Buffer.compare(a, b) === 0,
  size: (data) => data.length,
  sum: (data) => data.reduce((sum, byte) => (Math.imul(sum, 31) + byte) | 0, 0),
};

/** Text; its size is in characters. */
export const texts: Material<string> = {
  make({ seed, size, plain }) {
    if (size < OWN) return "x".repeat(size);
    const source = plain ? plainText : text;
    const from = (seed * 31) % (source.length / 2);
    return `${String(seed % 1e8).padStart(OWN, "0")}${source.slice(from, from + Math.min(size, 1_000_000) - OWN)}😀`;
  },
  same: (a, b) => a === b,
  size: (data) => data.length,
  sum(data) {
    let sum = 0;
    for (let i = 0; i < data.length; i += 1) sum = (Math.imul(sum, 31) + data.charCodeAt(i)) | 0;
    return sum;
  },
};
