/** What is done is decided by this number alone; set FUZZ_SEED to the one that a failure printed. */
export const SEED: number = Number(process.env["FUZZ_SEED"] ?? 20_260_101);

/** A small generator of numbers that the seed decides (mulberry32). */
export function random(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4_294_967_296) * below);
  };
}

/** What one connection carries: messages as frames. */
export function framed(conversation: readonly unknown[], big: boolean): Buffer {
  return Buffer.concat(
    conversation.map((message) => {
      const body = Buffer.from(JSON.stringify(message));
      const bytes = Buffer.alloc(4 + body.length);
      if (big) bytes.writeUInt32BE(body.length);
      else bytes.writeUInt32LE(body.length);
      body.copy(bytes, 4);
      return bytes;
    }),
  );
}

/** One of the seeds, after up to four mutations: bytes, bits, ends, splices, lengths, rotations. */
export function mutated(seeds: readonly Buffer[], pick: (below: number) => number): Buffer {
  const some = (): Buffer => seeds[pick(seeds.length)] ?? Buffer.alloc(0);
  let bytes: Buffer = Buffer.from(some());
  for (let round = pick(4); round >= 0; round -= 1) {
    const at = pick(bytes.length + 1);
    const kind = pick(8);
    if (kind === 0 && bytes.length > 0) bytes[at % bytes.length] = pick(256);
    else if (kind === 1 && bytes.length > 0) bytes[at % bytes.length]! ^= 1 << pick(8);
    else if (kind === 2) bytes = bytes.subarray(0, at);
    else if (kind === 3) bytes = Buffer.concat([bytes, some()]);
    else if (kind === 4) bytes = Buffer.concat([bytes.subarray(0, at), some().subarray(pick(20)), bytes.subarray(at)]);
    else if (kind === 5 && bytes.length >= 4) bytes.writeUInt32LE(pick(2) === 0 ? pick(300) : pick(2 ** 31), 0);
    else if (kind === 6)
      bytes = Buffer.concat([bytes.subarray(0, at), Buffer.from(Array.from({ length: pick(20) }, () => pick(256)))]);
    else bytes = Buffer.concat([bytes.subarray(at), bytes.subarray(0, at)]);
  }
  return bytes;
}
