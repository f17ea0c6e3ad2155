/** What is done is decided by this number alone; set FUZZ_SEED to the one that a failure printed. */
export const SEED: number = Number(process.env["FUZZ_SEED"] ?? 20_260_101);

/** Picks a number below another. */
export type Pick = (below: number) => number;

/** A small generator of numbers that the seed decides (mulberry32). */
export function random(seed: number): Pick {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4_294_967_296) * below);
  };
}

/** Cuts what one end said into its frames, after `skip` bytes that are none. */
export function framesOf(bytes: Buffer, skip: number): Buffer[] {
  const frames: Buffer[] = [];
  for (let at = skip; at + 9 <= bytes.length;) {
    const end = at + 9 + bytes.readUIntBE(at, 3);
    frames.push(Buffer.from(bytes.subarray(at, end)));
    at = end;
  }
  return frames;
}

/** What there is to be mutated, and the numbers that decide how. */
export interface Material {
  readonly conversations: readonly (readonly Buffer[])[];
  readonly pick: Pick;
}

/** One of the conversations, after a few mutations: of its frames, of a frame's head, of bytes and bits. */
export function mutated({ conversations, pick }: Material): Buffer[] {
  const some = (): readonly Buffer[] => conversations[pick(conversations.length)] ?? [];
  const frames: Buffer[] = some().map((frame) => Buffer.from(frame));
  for (let round = pick(5); round >= 0; round -= 1) {
    const at = pick(frames.length);
    const frame = frames[at] ?? Buffer.alloc(9);
    const other = some();
    const kind = pick(12);
    if (kind === 0) frames.splice(at, 1);
    else if (kind === 1) frames.splice(at, 0, Buffer.from(frame));
    else if (kind === 2) frames.splice(at, 0, Buffer.from(other[pick(other.length)] ?? frame));
    else if (kind === 3) frames.splice(pick(frames.length), 0, ...frames.splice(at, 1));
    else if (kind === 4) frame[3] = pick(12);
    else if (kind === 5) frame[4]! ^= 1 << pick(8);
    else if (kind === 6) frame.writeUInt32BE(pick(3) === 0 ? pick(2 ** 32) : pick(12), 5);
    else if (kind === 7) frame.writeUIntBE(pick(2) === 0 ? pick(40) : pick(20_000), 0, 3);
    else if (kind === 8 && frame.length > 9) frame[9 + pick(frame.length - 9)] = pick(256);
    else if (kind === 9) frame[pick(frame.length)]! ^= 1 << pick(8);
    else if (kind === 10) frames[at] = resized(frame, pick);
    else frames.push(noise(pick));
  }
  return frames;
}

/** A frame of another length, and whose head says so. */
function resized(frame: Buffer, pick: Pick): Buffer {
  const payload = Buffer.from(Array.from({ length: pick(40) }, () => pick(256)));
  const made = Buffer.concat([frame.subarray(0, 9 + pick(frame.length)), payload]);
  if (made.length < 9) return frame;
  made.writeUIntBE(made.length - 9, 0, 3);
  return made;
}

/** A frame of no sense. */
function noise(pick: Pick): Buffer {
  const made = Buffer.from(Array.from({ length: 9 + pick(30) }, () => pick(256)));
  made.writeUIntBE(made.length - 9, 0, 3);
  made[3] = pick(11);
  made.writeUInt32BE(pick(10), 5);
  return made;
}
