// What a service of many methods costs the type checker: tsc over generated projects, in turn, median seconds of each.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { tscPath } from "./compile.js";
import { medianOf } from "./report/median.js";

const { values } = parseArgs({
  options: { methods: { type: "string", default: "500" }, runs: { type: "string", default: "3" } },
});
const methods = Number(values.methods);
const runs = Number(values.runs);
const root = join(import.meta.dirname, "..");

/** The sources that are compared, each a whole project of one file. All load the same packages. */
const PROJECTS: { readonly [name: string]: string } = {
  "empty service": serviceSource(0),
  [`${methods} × 2 schemas, no service`]: schemasSource(methods),
  [`service of ${methods} methods`]: serviceSource(methods),
};

function serviceSource(count: number): string {
  const indexes = Array.from({ length: count }, (_, i) => i);
  const contract = indexes.map(
    (i) =>
      `  m${i}: unary({ input: z.object({ a: z.string(), n: z.number() }), output: z.object({ b: z.string() }) }),`,
  );
  const bodies = indexes.map((i) => `  m${i}: ({ a }) => ({ b: a }),`);
  const used = count === 0 ? [] : [0, count - 1];
  const calls = used.map((i) => `export const b${i}: string = (await client.m${i}({ a: "a", n: 1 })).b;`);
  return [
    'import { implement, service, unary } from "callwire";',
    'import { connect } from "callwire/client";',
    'import { z } from "zod";',
    `export const S = service("x.S", {\n${contract.join("\n")}\n});`,
    `export const s = implement(S, {\n${bodies.join("\n")}\n});`,
    'const client = connect(S, "frame://127.0.0.1:1");',
    ...calls,
    "export const used = [client, unary, z];",
  ].join("\n");
}

function schemasSource(count: number): string {
  const schemas = Array.from(
    { length: count },
    (_, i) => `  m${i}: { input: z.object({ a: z.string(), n: z.number() }), output: z.object({ b: z.string() }) },`,
  );
  return [
    'import { implement, service, unary } from "callwire";',
    'import { connect } from "callwire/client";',
    'import { z } from "zod";',
    `export const schemas = {\n${schemas.join("\n")}\n};`,
    "export const used = [implement, service, unary, connect];",
  ].join("\n");
}

function writeProject(folder: string, source: string): void {
  mkdirSync(join(folder, "node_modules"), { recursive: true });
  // The packages are found where a user's would be; callwire by its exports, so dist/ has to be built.
  symlinkSync(root, join(folder, "node_modules", "callwire"), "dir");
  for (const name of ["zod", "@types"])
    symlinkSync(join(root, "node_modules", name), join(folder, "node_modules", name), "dir");
  const compilerOptions = {
    target: "es2023",
    lib: ["es2023", "esnext.disposable"],
    module: "nodenext",
    types: ["node"],
    strict: true,
    noEmit: true,
  };
  writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module" }));
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["service.ts"] }));
  writeFileSync(join(folder, "service.ts"), source);
}

/** Seconds that the compiler takes for a project; fails when it finds an error in it. */
function check(folder: string): number {
  const began = performance.now();
  const done = spawnSync(process.execPath, [tscPath(), "--noEmit", "-p", folder], { encoding: "utf8" });
  const seconds = (performance.now() - began) / 1000;
  if (done.signal !== null) throw new Error(`tsc was ended by ${done.signal}.`);
  if (done.status !== 0) {
    const first = done.stdout.split("\n").slice(0, 8).join("\n");
    throw new Error(
      `The generated project does not type-check (is the package built? "npm run build"):\n${first}${done.stderr}`,
    );
  }
  return seconds;
}

const temporary = mkdtempSync(join(tmpdir(), "callwire-types-"));
try {
  const projects = Object.entries(PROJECTS).map(([name, source], i) => {
    const folder = join(temporary, String(i));
    writeProject(folder, source);
    return { name, folder, seconds: [] as number[] };
  });
  for (let run = 0; run < runs; run++) {
    for (const { folder, seconds } of projects) seconds.push(check(folder));
  }
  const base = medianOf(projects[0]?.seconds ?? []);
  const width = Math.max(...projects.map(({ name }) => name.length));
  console.log(`tsc --noEmit, medians of ${runs} runs\n`);
  console.log(`  ${"".padEnd(width)}  seconds  difference`);
  for (const { name, seconds } of projects) {
    const median = medianOf(seconds);
    console.log(
      `  ${name.padEnd(width)}  ${median.toFixed(2).padStart(7)}  ${(median - base).toFixed(2).padStart(10)}`,
    );
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  rmSync(temporary, { recursive: true, force: true });
}
