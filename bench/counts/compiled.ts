import { spawnSync } from "node:child_process";
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { tscPath } from "../compile.js";

const FLAGS =
  "--ignoreConfig --noCheck --noResolve --target es2023 --module nodenext --verbatimModuleSyntax --types node".split(
    " ",
  );

/**
 * Compiles src/, and of bench/ what counts, into bench/counts/dist/, and gives back the path of a script of this folder there. So what is counted is
 * always the code as it is now, and no build is needed before. Types are not checked.
 */
export function compiled(script: string): string {
  const root = join(import.meta.dirname, "..", "..");
  const out = join(import.meta.dirname, "dist");
  rmSync(out, { recursive: true, force: true });
  const sources = ["src", "bench/counts", "bench/callwire"].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
      .map((name) => join(root, folder, name)),
  );
  const args = [tscPath(), ...FLAGS, "--rootDir", root, "--outDir", out, ...sources];
  const done = spawnSync(process.execPath, args, { stdio: ["ignore", "inherit", "inherit"] });
  if (done.status !== 0) throw new Error("The sources did not compile; the messages of tsc are above.");
  return join(out, "bench", "counts", script);
}
