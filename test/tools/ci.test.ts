import { spawnSync } from "node:child_process";
import { chmodSync, copyFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { REPOSITORY, fixture } from "./fixture.js";

/** Runs .ci/run beside an npm that only says what the real one would. */
function run(npm: string, scripts: Readonly<Record<string, string>> = {}): { status: number | null; last: string } {
  const root = fixture({
    ".ci/run": "",
    ".ci/setup": "#!/bin/sh\n",
    "package.json": JSON.stringify({ type: "module", scripts }),
    "bin/npm": `#!/bin/sh\ncase "$*" in\n${npm}\nesac\n`,
  });
  copyFileSync(join(REPOSITORY, ".ci/run"), join(root, ".ci/run"));
  for (const path of [".ci/run", ".ci/setup", "bin/npm"]) chmodSync(join(root, path), 0o755);
  const env = { ...process.env, PATH: `${root}/bin:${process.env["PATH"] ?? ""}` };
  const { status, stdout } = spawnSync(join(root, ".ci/run"), { encoding: "utf8", env });
  return { status, last: stdout.trimEnd().split("\n").at(-1) ?? "" };
}

const PASSING = `test) echo " Test Files  2 passed (2)"; echo "      Tests  12 passed | 1 skipped (13)" ;;`;

test("A run counts the tests of vitest, and one for each further step that there is.", () => {
  const { status, last } = run(PASSING, { check: "x", interop: "x" });
  expect({ status, last }).toEqual({ status: 0, last: "14 passed, 0 failed" });
});

test("A run fails with a failed test or a failed step, after everything ran.", () => {
  const failing = `test) printf '\\033[2m      Tests \\033[22m 2 failed | 10 passed (12)\\n'; exit 1 ;;`;
  const first = run(failing, { check: "x" });
  expect(first).toEqual({ status: 1, last: "11 passed, 2 failed" });
  expect(run(`${PASSING}\n"run check") exit 1 ;;`, { check: "x", conformance: "x" })).toEqual({
    status: 1,
    last: "13 passed, 1 failed",
  });
});

test("A run fails if no test ran, if the install failed, and if vitest failed without a failed test.", () => {
  expect(run(`test) ;;`)).toEqual({ status: 1, last: "0 passed, 1 failed" });
  expect(run(`ci) exit 1 ;;\n${PASSING}`)).toEqual({ status: 1, last: "0 passed, 1 failed" });
  expect(run(`test) echo "      Tests  3 passed (3)"; exit 1 ;;`)).toEqual({ status: 1, last: "3 passed, 1 failed" });
});
