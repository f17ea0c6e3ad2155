/** What is done is decided by this number alone; set FUZZ_SEED to the one that a failure printed. */
export const SEED: number = Number(process.env["FUZZ_SEED"] ?? 20_260_202);

/** A small generator of numbers that the seed decides (xorshift). */
export function random(seed: number): (below: number) => number {
  let state = seed | 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

/** Pieces that mean something, to be put where they mean something else. */
const PIECES: readonly string[] = [
  '{ } [ ] " , : \\ null -1 1e400 [[[[[[[[ "id":1, "more":true, "params":[], "jsonrpc":"2.0" "headers":{"a":5},',
  "rpc.message rpc.end rpc.cancel $/cancelRequest rpc.discover \n \r\n\r\n Content-Length:5\r\n\r\n",
].flatMap((pieces) => pieces.split(" "));

/** One of the seeds, after up to five mutations: bytes, bits, ends, splices, pieces, rotations. */
export function mutated(seeds: readonly Buffer[], pick: (below: number) => number): Buffer {
  const some = (): Buffer => seeds[pick(seeds.length)] ?? Buffer.alloc(0);
  let bytes: Buffer = Buffer.from(some());
  for (let round = pick(5); round >= 0; round -= 1) {
    const at = pick(bytes.length + 1);
    const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
    const kind = pick(7);
    if (kind === 0 && bytes.length > 0) bytes[at % bytes.length] = pick(256);
    else if (kind === 1 && bytes.length > 0) bytes[at % bytes.length]! ^= 1 << pick(8);
    else if (kind === 2) bytes = Buffer.from(before);
    else if (kind === 3) bytes = Buffer.concat([before, some().subarray(pick(20)), after]);
    else if (kind === 4) bytes = Buffer.concat([after, before]);
    else bytes = Buffer.concat([before, Buffer.from(PIECES[pick(PIECES.length)] ?? ""), after.subarray(pick(4))]);
  }
  return bytes;
}
