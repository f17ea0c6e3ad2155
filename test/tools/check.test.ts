import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { REPOSITORY, fixture } from "./fixture.js";

function check(...args: readonly string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(join(REPOSITORY, "node_modules/.bin/tsx"), [join(REPOSITORY, "tools/check.ts"), ...args], {
    encoding: "utf8",
  });
}

test("The check runs every step that is named, says what failed, and exits with 1.", () => {
  const root = fixture({ "src/call/serve.ts": `import "../wires/wire.js";\n`, "src/call/utils.ts": "" });
  const { status, stdout } = check("--root", root, "sizes", "rooms", "docs");
  expect(status).toBe(1);
  expect(stdout).toMatch(/^rooms +failed +\d+\.\d s\n {2}Room call may not import wires .*\nsizes +failed/m);
  expect(stdout).toMatch(/^docs +ok +\d+\.\d s$/m);
  expect(stdout).toContain("Checks failed: rooms, sizes.");
  expect(stdout).not.toContain("knip");
});

test("The check exits with 0 if nothing failed, and with 2 for a step it does not know.", () => {
  const root = fixture({ "src/call/serve.ts": "" });
  expect(check("--root", root, "rooms").status).toBe(0);
  const { status, stderr } = check("rooom");
  expect(status).toBe(2);
  expect(stderr).toContain(`Unknown step "rooom"`);
});
