import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { calls } from "./calls.js";
import type { NodeVersion } from "./node-version.js";
import { type Outcome, Tally } from "./outcome.js";
import { Program, wrongWith } from "./program.js";

/** What is read of a package.json. */
interface Manifest {
  readonly exports: Readonly<Record<string, unknown>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

/**
 * Installs the packed package into an empty project under a version, loads every entry by import() and by require(), and serves the
 * quickstart there, which node loads by itself where it can, and through tsx where it cannot.
 */
export async function installed(version: NodeVersion, root: string, tarball: string): Promise<Outcome> {
  const tally = new Tally();
  const cwd = mkdtempSync(join(tmpdir(), "callwire-nodes-"));
  try {
    // Our own.
    const { exports, devDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Manifest;
    const needed = version.loadsTypeScript ? ["zod"] : ["zod", "tsx"];
    const packages = [tarball, ...needed.map((name) => `${name}@${devDependencies[name] ?? "latest"}`)];
    writeFileSync(join(cwd, "package.json"), '{ "private": true, "type": "module" }');
    const npm = ["npm", "install", "--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error", ...packages];
    const { code, stdout, stderr } = await new Program(npm, { cwd, env: version.env }).ended;
    if (code !== 0) return { passed: 0, failures: [`${npm.join(" ")} ended with ${code}:\n${stdout}${stderr}`] };
    tally.add(undefined);

    const entries = Object.keys(exports).filter((entry) => !entry.endsWith(".json"));
    const names = entries.map((entry) => `callwire${entry.slice(1)}`);
    const env = { ...version.env, NODE_OPTIONS: "--throw-deprecation" };
    for (const [file, load] of [
      ["load.js", (name: string) => `await import(${JSON.stringify(name)});`],
      ["load.cjs", (name: string) => `require(${JSON.stringify(name)});`],
    ] as const) {
      for (const name of names) {
        writeFileSync(join(cwd, file), load(name));
        const { ended } = new Program([version.path, file], { cwd, env });
        tally.add(wrongWith(await ended, load(name), ""));
      }
    }

    cpSync(join(root, "examples/quickstart"), join(cwd, "quickstart"), { recursive: true });
    for (const model of ["async", "pool", "processes"]) {
      const callwire = [join(cwd, "node_modules/.bin/callwire")];
      tally.join(await calls(version, { cwd, callwire, module: "quickstart/service.ts", model }));
    }
    return tally;
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
}
