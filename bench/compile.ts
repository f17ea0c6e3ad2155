import { spawnSync } from "node:child_process";
import { readdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/**
 * Compiles bench/ to bench/dist/ and gives back that folder. Measured processes run this output with plain node.
 *
 * They do not run through tsx for two reasons: it would send `import "callwire"` to src/ (it follows `paths` of tsconfig.json)
 * in place of the built package, and it wraps each closure that is made in a call to keep its name, which costs on a hot path.
 * Types are not checked here (`npx tsc` does that).
 */
export function compile(): string {
  const here = import.meta.dirname;
  const out = join(here, "dist");
  rmSync(out, { recursive: true, force: true });
  const sources = readdirSync(here, { recursive: true, encoding: "utf8" }).filter(
    (name) => name.endsWith(".ts") && !name.includes("node_modules"),
  );
  const flags =
    "--ignoreConfig --noCheck --noResolve --target es2023 --module nodenext --verbatimModuleSyntax --types node".split(
      " ",
    );
  const args = [tscPath(), ...flags, "--rootDir", here, "--outDir", out, ...sources.map((name) => join(here, name))];
  const done = spawnSync(process.execPath, args, { stdio: ["ignore", "inherit", "inherit"] });
  if (done.status !== 0) throw new Error("The benchmarks did not compile; the messages of tsc are above.");
  return out;
}

/** Path of the installed TypeScript compiler's script, to be run with node. */
export function tscPath(): string {
  return join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin", "tsc");
}
