// Counts one case in a process of its own, and says what it found as one line of JSON: node [FLAGS] case-process.js NAME [where]
// With `where`: which functions allocate how much.
import { Allocators } from "./allocators.js";
import { CASES } from "./cases.js";
import { measure } from "./measure.js";
import { Rig } from "./rig.js";

/** After so many, what they allocate changes by less than one in 200; what is compiled later moves a window or two, and so no median. */
const CALLS = { warmup: 5120, window: 1024, windows: 3, makings: 512 };
/** Messages of streams, of which there are 500 in each. */
const STREAMS = { warmup: 5000, window: 2000, windows: 3, makings: 1000 };

// What sessions do at even intervals would fall between calls by chance.
globalThis.setInterval = (() => ({ unref() {} })) as unknown as typeof setInterval; // nobody clears it here

const [, , name, where] = process.argv;
const one = CASES.find((each) => each.name === name);
if (one === undefined) throw new Error(`There is no case ${JSON.stringify(name)}.`);
const effort = one.load.startsWith("stream") ? STREAMS : CALLS;
if (where === undefined) process.stdout.write(`${JSON.stringify(await measure(one, effort))}\n`);
else {
  const rig = await Rig.of(one);
  await rig.run(effort.warmup);
  const allocators = new Allocators(one.end);
  const units = await rig.run(effort.window, allocators);
  const each = [...allocators.bytes].map(([at, bytes]): [string, number] => [at, bytes / units]);
  process.stdout.write(`${JSON.stringify(each)}\n`);
}
// Connections keep nothing open, and nothing is to be said to anybody.
process.exit();
