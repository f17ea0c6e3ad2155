import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

// Tests run against the sources: what users import by name resolves to them, and needs no dist/.
/** Tests that start many programs, and so take their time: npm run interop runs them. */
export const WITH_PROGRAMS: string[] = [
  "test/interop/**/*.test.ts",
  "test/tools/{steps,check,ci}.test.ts",
  "test/cli/{bench,grpc,tls}.test.ts",
  "test/contract/scale.test.ts",
  "test/link/exit.test.ts",
  "test/web/bundle.test.ts",
];

export default defineConfig({
  resolve: {
    alias: [
      { find: /^callwire$/u, replacement: at("src/server.ts") },
      { find: /^callwire\/client$/u, replacement: at("src/client.ts") },
      { find: /^callwire\/web$/u, replacement: at("src/web.ts") },
      { find: /^callwire\/fetch$/u, replacement: at("src/fetch-handler.ts") },
      { find: /^callwire\/node$/u, replacement: at("src/node-handler.ts") },
      { find: /^callwire\/proto$/u, replacement: at("src/load-proto.ts") },
    ],
  },
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
    exclude: [...WITH_PROGRAMS, "**/node_modules/**", "**/dist/**"],
    pool: "forks",
    // Loading the same modules again for each file took as long as the tests.
    isolate: false,
    // Most of them wait for processes and sockets more than for the cores.
    maxWorkers: 4,
    // Workers are started from dist/, as users start them.
    globalSetup: ["test/models/build.ts"],
    testTimeout: 20_000,
    hookTimeout: 20_000,
    // A shared machine may hold up any test for as long as it likes; what needed its second chance is named in the output.
    retry: process.env["CI"] === undefined ? 0 : 1,
    typecheck: { enabled: false },
  },
});
