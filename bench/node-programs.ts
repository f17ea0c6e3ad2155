import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { NodeProgram } from "./parts/part.js";

/** Where packages that carry a node may lie, as `node-24`. */
const FOLDERS = ["peers", "../tools/nodes"].map((folder) => join(import.meta.dirname, folder, "node_modules"));

/** The version that the whole run has beside the one that runs it. */
const OTHER = "24";

/** The programs that `--node` names: paths, or major versions such as 24 of installed packages. Fails with what to do about one that is not there. */
export function namedNodes(names: readonly string[]): readonly NodeProgram[] {
  return names
    .flatMap((name) => name.split(","))
    .map((name) => {
      const path = /^\d+$/u.test(name) ? packaged(name) : name;
      if (path === undefined) {
        throw new Error(
          `There is no package with Node ${name}: run npm ci --ignore-scripts --prefix bench/peers, or give a path.`,
        );
      }
      return program(path);
    });
}

/** This one, and for the whole run another version, if it is installed: `say` is told if not. */
export function usualNodes({ whole, say }: { whole: boolean; say: (line: string) => void }): readonly NodeProgram[] {
  const own = { path: process.execPath, version: process.version };
  if (!whole || process.version.startsWith(`v${OTHER}.`)) return [own];
  const path = packaged(OTHER);
  if (path !== undefined) return [own, program(path)];
  say(
    `Node ${OTHER} is left out: run npm ci --ignore-scripts --prefix bench/peers, or name another one with --node PATH.`,
  );
  return [own];
}

function packaged(major: string): string | undefined {
  return FOLDERS.map((folder) => join(folder, `node-${major}/bin/node`)).find((path) => existsSync(path));
}

function program(path: string): NodeProgram {
  if (path === process.execPath) return { path, version: process.version };
  const done = spawnSync(path, ["-p", "process.version"], { encoding: "utf8" });
  const version = done.stdout?.trim() ?? "";
  if (!/^v\d+\./u.test(version))
    throw new Error(`"${path}" is no node: it did not tell its version. Name another with --node.`);
  return { path, version };
}
