import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { REMARKS, STEPS } from "./steps.js";

// Usage: tsx tools/check.ts [--root FOLDER] [STEP]…   Runs every step, whatever fails; exits 1 if one did.
const { values, positionals } = parseArgs({ options: { root: { type: "string" } }, allowPositionals: true });
const root = values.root ?? fileURLToPath(new URL("..", import.meta.url));
const unknown = positionals.filter((name) => !Object.hasOwn(STEPS, name));
if (unknown.length > 0) {
  console.error(`Unknown step "${unknown.join('", "')}". Name one or more of: ${Object.keys(STEPS).join(", ")}.`);
  process.exit(2);
}

const failed: string[] = [];
for (const [name, step] of Object.entries(STEPS)) {
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  const started = performance.now();
  const failures = step(root);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${name.padEnd(9)} ${failures.length === 0 ? "ok    " : "failed"} ${seconds} s`);
  for (const line of [...failures, ...(REMARKS[name]?.(root) ?? [])]) console.log(line.replace(/^/gm, "  "));
  if (failures.length > 0) failed.push(name);
}
if (failed.length > 0) {
  console.log(`Checks failed: ${failed.join(", ")}. Mend what is said above; no check is loosened to pass.`);
  process.exitCode = 1;
}
