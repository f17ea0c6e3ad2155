import { mergeConfig } from "vitest/config";
import base, { WITH_PROGRAMS } from "./vitest.config.js";

// What other people wrote needs more than node, and what starts many programs needs its time: so they are a run of their own.
export default {
  ...mergeConfig(base, {}),
  // They start other programs, which take their time on a machine that is busy.
  test: { ...base.test, testTimeout: 60_000, include: WITH_PROGRAMS, exclude: ["**/node_modules/**"] },
};
