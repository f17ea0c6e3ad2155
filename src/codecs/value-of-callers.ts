import type { FullCodec } from "../call/codec.js";

const same = (body: unknown): unknown => body;
const bound = { readInput: same, writeInput: same, writeOutput: same, readOutput: same };

/** `value` for those who only call, as pages do: what it knows of arguments that come by position or by name is left out. */
export const valueOfCallers: FullCodec = { name: "value", bind: () => bound };
