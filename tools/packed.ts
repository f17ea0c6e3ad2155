import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { command } from "./command.js";

/** Runs a program on the package as npm would publish it: `{}` among the arguments stands for the tarball. */
export function packed(root: string, name: string, args: readonly string[]): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), "callwire-pack-"));
  try {
    const failures = command(root, "npm", ["pack", "--pack-destination", folder]); // builds first, by "prepare"
    const [file] = readdirSync(folder);
    if (failures.length > 0 || file === undefined) return ["npm pack made no package.", ...failures];
    const tarball = join(folder, file);
    return command(
      root,
      name,
      args.map((arg) => (arg === "{}" ? tarball : arg)),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
