// npm run conformance [-- MODE] [-- FLAG…]: the conformance suite of gRPC, gRPC-Web and Connect against our server, our client, or (without MODE) both.
// Flags go to the suite's own runner: --run 'Basic/**' -v --trace.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { MESSAGE_CODINGS } from "../../src/transports/message-codings.js";
import { MESSAGES } from "./messages.js";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const RUNNER = `${ROOT}.tools/bin/connectconformance`;
const MODES = ["server", "client"] as const;
/** A run of one mode takes one or two minutes. */
const TIMEOUT_MS = 600_000;

const missing = [RUNNER, MESSAGES].filter((file) => !existsSync(file));
if (missing.length > 0) {
  say(
    `The conformance suite is not installed: there is no ${missing.join(", no ")}. Install go and protoc, and run test/conformance/install.`,
  );
  process.exit(1);
}

const [first, ...rest] = process.argv.slice(2);
const chosen = MODES.filter((mode) => mode === first);
const flags = chosen.length > 0 || first === undefined ? rest : [first, ...rest];
const summary: string[] = [];
const folder = mkdtempSync(join(tmpdir(), "callwire-conformance-"));
try {
  for (const mode of chosen.length > 0 ? chosen : MODES) summary.push(await run(mode, flags));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
for (const line of summary) say(line);

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Writes down what callwire can do, as the mode's file says it, but for zstd where this node lacks it; returns the path. */
function features(mode: (typeof MODES)[number]): string {
  const all = readFileSync(`${ROOT}test/conformance/${mode}.yaml`, "utf8");
  const path = join(folder, `${mode}.yaml`);
  writeFileSync(path, "zstd" in MESSAGE_CODINGS ? all : all.replace(", COMPRESSION_ZSTD", ""));
  return path;
}

/** Runs one mode; what it says of single cases passes through, and its end is a line of the summary. */
async function run(mode: (typeof MODES)[number], flags: readonly string[]): Promise<string> {
  const here = `${ROOT}test/conformance`;
  const runner = ["--mode", mode, "--conf", features(mode), ...flags];
  const program = [process.execPath, "--import", "tsx", `${here}/${mode}.ts`];
  const started = performance.now();
  const child = spawn(RUNNER, [...runner, "--", ...program], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "pipe"],
    timeout: TIMEOUT_MS,
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      said = (said + text).slice(-4096);
      process.stdout.write(text);
    });
  }
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject).on("close", resolve);
  });
  const [counts] = /\d+ passed, \d+ failed(?:\nAnother.*)?/u.exec(said) ?? ["it did not come to its end"];
  // What could not be run is no failure to the runner.
  if (code !== 0 || counts.includes("Another")) process.exitCode = 1;
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  return `Conformance of the ${mode}: ${counts.replace("\n", " ")} (${seconds} s).`;
}
