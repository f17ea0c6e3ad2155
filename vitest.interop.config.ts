import { defineConfig, mergeConfig } from "vitest/config";
import base from "./vitest.config.js";

// npm run interop: programs in other languages against callwire, and callwire against them. They need what they are written in.
export default mergeConfig(
  { ...base, test: { ...base.test, include: [], exclude: [] } },
  defineConfig({ test: { include: ["test/interop/**/*.test.ts"], testTimeout: 60_000 } }),
);
