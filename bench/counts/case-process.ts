// Counts one case in a process of its own, and says what it found as one line of JSON: node [FLAGS] case-process.js NAME
import { CASES } from "./cases.js";
import { measure } from "./measure.js";

const [, , name] = process.argv;
const one = CASES.find((each) => each.name === name);
if (one === undefined) throw new Error(`There is no case ${JSON.stringify(name)}.`);
const factor = one.load === "unary" ? 1 : 4;
const counts = await measure(one, { warmup: 20_000 * factor, window: 2048 * factor, windows: 5, makings: 512 * factor });
process.stdout.write(`${JSON.stringify(counts)}\n`);
// Connections keep nothing open, and nothing is to be said to anybody.
process.exit();
