import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";

test("A server without protobuf services loads neither health nor reflection, nor the library of protobuf.", () => {
  const folder = mkdtempSync(join(tmpdir(), "callwire-loading-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const program = fileURLToPath(new URL("fixtures/plain.mjs", import.meta.url));
  // What node notes of coverage names every file that it has loaded.
  execFileSync(process.execPath, [program], { env: { ...process.env, NODE_V8_COVERAGE: folder } });
  const noted = readdirSync(folder).map((name) => readFileSync(join(folder, name), "utf8"));
  const loaded = noted
    .flatMap((text) => (JSON.parse(text) as { result: { url: string }[] }).result)
    .map(({ url }) => url);
  expect(loaded.some((url) => url.endsWith("/dist/server.js"))).toBe(true);
  expect(loaded.filter((url) => /@bufbuild|\/services\/(?:health|reflection)\.js/u.test(url))).toEqual([]);
});
