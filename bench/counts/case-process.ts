// Counts one case in a process of its own, and says what it found as one line of JSON: node [FLAGS] case-process.js NAME
import { CASES } from "./cases.js";
import { measure } from "./measure.js";

/** After so many, what they allocate changes by less than one in 200; what is compiled later moves a window or two, and so no median. */
const CALLS = { warmup: 5120, window: 1024, windows: 3, makings: 512 };
/** Messages of streams, of which there are 500 in each. */
const STREAMS = { warmup: 5000, window: 2000, windows: 3, makings: 1000 };

const [, , name] = process.argv;
const one = CASES.find((each) => each.name === name);
if (one === undefined) throw new Error(`There is no case ${JSON.stringify(name)}.`);
const counts = await measure(one, one.load.startsWith("stream") ? STREAMS : CALLS);
process.stdout.write(`${JSON.stringify(counts)}\n`);
// Connections keep nothing open, and nothing is to be said to anybody.
process.exit();
