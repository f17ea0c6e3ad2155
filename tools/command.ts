import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const PROGRAMS = fileURLToPath(new URL("../node_modules/.bin/", import.meta.url));

/** Runs a program of this project's node_modules in the root; its output if it failed, nothing if it did not. */
export function command(root: string, name: string, args: readonly string[]): readonly string[] {
  const path = name === "npm" ? name : PROGRAMS + name;
  const done = spawnSync(path, args, {
    cwd: root,
    encoding: "utf8",
    env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: undefined },
    maxBuffer: 1 << 26,
  });
  if (done.error !== undefined) return [`Could not run ${name}: ${done.error.message}. Run "npm ci" first.`];
  if (done.status === 0) return [];
  return [
    `${done.stdout}${done.stderr}`.trim() || `${name} ended with ${done.status ?? done.signal} and said nothing.`,
  ];
}
