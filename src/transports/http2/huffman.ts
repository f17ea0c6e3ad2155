/** How many bits the code of each symbol has, 256 being the end of the string (RFC 7541 Appendix B). The codes follow from these, since the code is canonical. */
const LENGTHS: readonly number[] = [
  13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28,
  28, 28, 28, 6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10,
  13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6, 15, 5, 6, 5, 6,
  5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28, 20, 22, 20, 20, 22, 22, 22, 23,
  22, 23, 23, 23, 23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24, 22, 21, 20, 22, 22,
  23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23, 26, 26,
  20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27,
  27, 20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27,
  27, 27, 27, 26, 30,
];
const END = 256;

/** The code of each symbol, right-aligned. */
const CODES = codesOf(LENGTHS);

function codesOf(lengths: readonly number[]): Uint32Array {
  const codes = new Uint32Array(lengths.length);
  let code = 0;
  for (let bits = 1; bits <= 30; bits += 1) {
    lengths.forEach((length, symbol) => {
      if (length !== bits) return;
      codes[symbol] = code;
      code += 1;
    });
    code *= 2;
  }
  return codes;
}

/** Where a nibble leads that no text contains: to the end symbol, or past it. */
const DEAD = 0xffff;

/**
 * The decoder as a machine: a state is an inner node of the code tree, and a nibble leads from it to `next[state * 16 + nibble]`, giving
 * the symbol in `symbols` there, if any. No code is shorter than five bits, so a nibble gives one symbol at the most.
 */
interface Machine {
  readonly next: Uint16Array;
  readonly symbols: Int16Array;
  /** Whether the text may end in a state: on the way there are fewer than eight ones and no zero (RFC 7541 §5.2). */
  readonly final: Uint8Array;
}

const MACHINE = machineOf();

function machineOf(): Machine {
  // Children of inner nodes: another node's number, or a symbol as its complement.
  const children: [number, number][] = [[0, 0]];
  LENGTHS.forEach((length, symbol) => {
    const code = CODES[symbol] ?? 0;
    let node = 0;
    for (let bit = length - 1; bit >= 0; bit -= 1) {
      const pair = children[node] ?? [0, 0];
      const side = (code >>> bit) & 1;
      if (bit === 0) pair[side] = ~symbol;
      else {
        if (pair[side] === 0) pair[side] = children.push([0, 0]) - 1;
        node = pair[side] ?? 0;
      }
    }
  });
  const next = new Uint16Array(children.length * 16);
  const symbols = new Int16Array(children.length * 16).fill(-1);
  for (let state = 0; state < children.length; state += 1) {
    for (let nibble = 0; nibble < 16; nibble += 1) {
      let node = state;
      for (let bit = 3; bit >= 0 && node !== DEAD; bit -= 1) {
        const child = children[node]?.[(nibble >>> bit) & 1] ?? 0;
        if (child >= 0) node = child;
        else if (~child === END) node = DEAD;
        else {
          symbols[state * 16 + nibble] = ~child;
          node = 0;
        }
      }
      next[state * 16 + nibble] = node;
    }
  }
  const final = new Uint8Array(children.length);
  for (let node = 0, ones = 0; ones < 8; ones += 1) {
    final[node] = 1;
    node = children[node]?.[1] ?? 0;
  }
  return { next, symbols, final };
}

/**
 * Decodes Huffman-coded bytes (RFC 7541 §5.2) into `target` from its beginning, which needs room for 8/5 of their number, and gives back how many
 * there are; -1 where they are no such code, or padded with other than the beginning of the end symbol.
 */
export function decodeHuffman(bytes: Uint8Array, range: { start: number; end: number }, target: Uint8Array): number {
  const { next, symbols, final } = MACHINE;
  let state = 0;
  let length = 0;
  for (let at = range.start; at < range.end; at += 1) {
    const byte = bytes[at] ?? 0;
    for (let shift = 4; shift >= 0; shift -= 4) {
      const step = state * 16 + ((byte >>> shift) & 15);
      state = next[step] ?? DEAD;
      if (state === DEAD) return -1;
      const symbol = symbols[step] ?? -1;
      if (symbol >= 0) {
        target[length] = symbol;
        length += 1;
      }
    }
  }
  return final[state] === 1 ? length : -1;
}

/** How many bytes a text of characters up to U+00FF is when Huffman-coded. */
export function huffmanLength(text: string): number {
  let bits = 0;
  for (let i = 0; i < text.length; i += 1) bits += LENGTHS[text.charCodeAt(i) & 0xff] ?? 0;
  return (bits + 7) >>> 3;
}

/** Writes a text of characters up to U+00FF, Huffman-coded, to `target` at `at`, and gives back where it ends. */
export function encodeHuffman(text: string, target: Uint8Array, at: number): number {
  let held = 0;
  let bits = 0;
  for (let i = 0; i < text.length; i += 1) {
    const symbol = text.charCodeAt(i) & 0xff;
    const length = LENGTHS[symbol] ?? 0;
    const code = CODES[symbol] ?? 0;
    // At most 7 bits are held; a code of up to 30 is added in two parts, so that 32 bits are enough.
    const low = Math.min(length, 16);
    for (const [part, size] of length > 16
      ? [
          [code >>> 16, length - 16],
          [code & 0xffff, low],
        ]
      : [[code, length]]) {
      held = (held << (size ?? 0)) | (part ?? 0);
      bits += size ?? 0;
      while (bits >= 8) {
        bits -= 8;
        target[at] = held >>> bits;
        at += 1;
      }
      held &= (1 << bits) - 1;
    }
  }
  if (bits > 0) {
    target[at] = (held << (8 - bits)) | ((1 << (8 - bits)) - 1);
    at += 1;
  }
  return at;
}
