import { casts } from "./casts.js";
import { command } from "./command.js";
import { docs } from "./docs.js";
import { mentions } from "./mentions.js";
import { packed } from "./packed.js";
import { rooms } from "./rooms.js";
import { nearLimit, sizes } from "./sizes.js";

/** One check of the folder that holds a package.json: what is wrong there, nothing if all is well. */
export type Step = (root: string) => readonly string[];

/** The steps of `npm run check`, in the order they run. */
export const STEPS: Readonly<Record<string, Step>> = {
  format: (root) => command(root, "oxfmt", ["--check"]),
  lint: (root) => command(root, "oxlint", []),
  types: (root) => command(root, "tsc", ["-p", "tsconfig.json", "--noEmit"]),
  rooms,
  sizes,
  docs,
  casts,
  mentions,
  knip: (root) => command(root, "knip", ["--no-progress"]),
  publint: (root) => packed(root, "publint", ["run", "{}", "--strict"]),
  attw: (root) =>
    packed(root, "attw", ["{}", "--profile", "esm-only", "--no-definitely-typed", "--format", "ascii", "--no-emoji"]),
};

/** What a step has to say without failing. */
export const REMARKS: Readonly<Record<string, Step>> = { sizes: nearLimit };
