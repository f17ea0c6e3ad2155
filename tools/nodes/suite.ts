import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { NodeVersion } from "./node-version.js";
import type { Outcome } from "./outcome.js";

/** It takes about two minutes; what hangs is ended. */
const TIMEOUT_MS = 900_000;

/** Runs the tests of the root under a version, where a deprecated call of ours or of a dependency throws. */
export async function suite(version: NodeVersion, root: string): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), "callwire-nodes-"));
  try {
    const file = join(folder, "report.json");
    const vitest = join(root, "node_modules/vitest/vitest.mjs");
    const code = await run([vitest, "run", "--reporter=dot", "--reporter=json", `--outputFile.json=${file}`]);
    return outcomeOf(existsSync(file) ? readFileSync(file, "utf8") : "{}", code);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }

  async function run(args: readonly string[]): Promise<number | NodeJS.Signals | null> {
    const env = { ...version.env, NODE_OPTIONS: "--throw-deprecation" };
    const options = { cwd: root, env, timeout: TIMEOUT_MS, killSignal: "SIGKILL" } as const;
    const child = spawn(version.path, args, { ...options, stdio: ["ignore", "inherit", "inherit"] });
    return await new Promise((resolve, reject) => {
      child.on("error", reject).on("close", (code, signal) => resolve(code ?? signal));
    });
  }
}

function outcomeOf(report: string, code: number | NodeJS.Signals | null): Outcome {
  // As vitest writes it, or an empty object.
  const { numPassedTests = 0, testResults = [] } = JSON.parse(report) as Partial<Report>;
  const failures = testResults.flatMap(({ name, status, assertionResults }) => {
    const failed = assertionResults.filter((each) => each.status === "failed");
    if (failed.length === 0 && status === "failed") return [`${name} could not be run.`];
    return failed.map(({ fullName }) => `${name}: ${fullName}`);
  });
  if (code !== 0 && failures.length === 0)
    failures.push(`vitest ended with ${code}, though no test failed: see above.`);
  return { passed: numPassedTests, failures };
}

/** The part of vitest's report in JSON that is read here. */
interface Report {
  readonly numPassedTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}
