// npm run soak [-- FLAG…]: mixed traffic on every wire against one server, and a verdict. README.md says what it looks at.
import { randomInt } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { compile } from "../compile.js";
import { Soak } from "./soak.js";
import { MODELS } from "./traits.js";

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "10" },
    quick: { type: "boolean", default: false },
    model: { type: "string", default: "async" },
    seed: { type: "string" },
    only: { type: "string", default: "" },
    peaceful: { type: "boolean", default: false },
  },
});
const minutes = values.quick ? 0.5 : Number(values.minutes);
const seed = values.seed === undefined ? randomInt(2 ** 31) : Number(values.seed);
const traits = Object.hasOwn(MODELS, values.model) ? MODELS[values.model] : undefined;
if (traits === undefined || !(minutes > 0) || !Number.isSafeInteger(seed)) {
  console.error(
    `Usage: npm run soak -- [--minutes N | --quick] [--model ${Object.keys(MODELS).join("|")}] [--seed N] [--only WIRE,WIRE…] [--peaceful]`,
  );
  process.exit(2);
}

const folder = mkdtempSync(join(tmpdir(), "callwire-soak-"));
const soak = new Soak({
  built: join(compile(), "soak"),
  model: values.model,
  traits: values.peaceful ? { ...traits, flaky: 0, hostile: 0 } : traits,
  seed,
  only: values.only.split(",").filter(Boolean),
  socket: join(folder, "soak.sock"),
  pem: join(import.meta.dirname, "../../test/tls/pem/server"),
  say: (line) => console.log(line),
});
try {
  const wrong = await soak.run(minutes * 60_000);
  for (const line of wrong) console.log(`✗ ${line}`);
  console.log(
    wrong.length === 0
      ? "Sound: nothing grew, nothing is left, every call was answered."
      : `${wrong.length} findings; seed ${seed}.`,
  );
  process.exitCode = wrong.length === 0 ? 0 : 1;
} finally {
  await soak.kill();
  rmSync(folder, { recursive: true, force: true });
}
