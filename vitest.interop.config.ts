import { mergeConfig } from "vitest/config";
import base from "./vitest.config.js";

// Programs that other people's languages run: they need more than node, so they are a run of their own.
export default {
  ...mergeConfig(base, {}),
  // They start other programs, which take their time on a machine that is busy.
  test: { ...base.test, testTimeout: 60_000, include: ["test/interop/**/*.test.ts"], exclude: ["**/node_modules/**"] },
};
