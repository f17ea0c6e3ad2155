import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { command } from "../command.js";
import { calls } from "./calls.js";
import { installed } from "./installed.js";
import { nodeVersions, type NodeVersion } from "./node-version.js";
import { type Outcome, Tally } from "./outcome.js";
import { suite } from "./suite.js";

// Usage: npm run nodes [-- [--part NAME]… [MAJOR|PATH]…]   Tests the package under other versions of Node; exits 1 if one failed.
const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const { values, positionals } = parseArgs({
  options: { part: { type: "string", multiple: true } },
  allowPositionals: true,
});

/** The parts of a run under one version, in order. */
const PARTS: Readonly<Record<string, (version: NodeVersion, tarball: string) => Promise<Outcome>>> = {
  tests: (version) => suite(version, ROOT),
  quickstart: (version) => {
    const callwire = [version.path, "bin/callwire.js"];
    return calls(version, { cwd: ROOT, callwire, module: "examples/quickstart/service.ts", model: "async" });
  },
  package: (version, tarball) => installed(version, ROOT, tarball),
};

const parts = values.part ?? Object.keys(PARTS);
const unknown = parts.filter((name) => !Object.hasOwn(PARTS, name));
if (unknown.length > 0)
  fail(`Unknown part "${unknown.join('", "')}". Name one or more of: ${Object.keys(PARTS).join(", ")}.`, 2);

const folder = mkdtempSync(join(tmpdir(), "callwire-nodes-"));
try {
  const versions = nodeVersions(positionals);
  const wrong = command(ROOT, "npm", ["pack", "--pack-destination", folder]); // builds first, by "prepare"
  const [packed = ""] = readdirSync(folder);
  if (wrong.length > 0) throw new Error(["npm pack made no package.", ...wrong].join("\n"));
  const rows: string[] = [];
  for (const version of versions) rows.push(await tested(version, join(folder, packed)));
  console.log(`${"Node".padEnd(10)}${["passed", "failed", "seconds"].map((name) => name.padStart(8)).join("")}`);
  for (const row of rows) console.log(row);
} catch (error) {
  fail(error instanceof Error ? error.message : String(error), 1);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Runs all parts, says what failed, and returns the version's row of the table. */
async function tested(version: NodeVersion, tarball: string): Promise<string> {
  const started = performance.now();
  const tally = new Tally();
  for (const name of parts) {
    console.log(`== Node ${version.version}: ${name}`);
    const outcome = await PARTS[name]?.(version, tarball);
    if (outcome === undefined) continue;
    tally.join(outcome);
    for (const failure of outcome.failures) console.log(failure.replace(/^/gmu, "  "));
  }
  if (tally.failures.length > 0 || tally.passed === 0) process.exitCode = 1;
  const seconds = Math.round((performance.now() - started) / 1000);
  const cells = [tally.passed, tally.failures.length, seconds].map((count) => String(count).padStart(8));
  return version.version.padEnd(10) + cells.join("");
}

function fail(message: string, code: number): void {
  console.error(message);
  process.exitCode = code;
}
