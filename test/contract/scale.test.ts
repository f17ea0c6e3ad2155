import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const TSC = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin", "tsc");

/**
 * What one method more may cost the type checker, zod's own share (two objects of three properties) included.
 * Recorded with TypeScript 7.0.2: 790 instantiations, 147 types. Raise them only for something that is worth it to everybody.
 */
const INSTANTIATIONS = 900;
const TYPES = 170;

/** A service of so many methods, of all shapes in turn, with its code and a client of it. */
function source(count: number): string {
  const indexes = Array.from({ length: count }, (_, i) => i);
  const schemas = "{ input: z.object({ a: z.string(), n: z.number() }), output: z.object({ b: z.string() }) }";
  const shapes = ["unary", "serverStream", "clientStream", "bidi"];
  const code = [
    (i: number) => `m${i}: ({ a }) => ({ b: a }),`,
    (i: number) => `*m${i}({ a }) { yield { b: a }; },`,
    (i: number) => `async m${i}(all) { let b = ""; for await (const { a } of all) b += a; return { b }; },`,
    (i: number) => `async *m${i}(all) { for await (const { a } of all) yield { b: a }; },`,
  ];
  return [
    'import { bidi, clientStream, implement, serverStream, service, unary } from "callwire";',
    'import { connect } from "callwire/client";',
    'import { z } from "zod";',
    `const S = service("x.S", {\n${indexes.map((i) => `m${i}: ${shapes[i % 4]}(${schemas}),`).join("\n")}\n});`,
    `export const s = implement(S, {\n${indexes.map((i) => code[i % 4]?.(i)).join("\n")}\n});`,
    'const client = connect(S, "frame://127.0.0.1:1");',
    'export const b: string = (await client.m0({ a: "a", n: 1 })).b;',
    "export const used = [bidi, clientStream, serverStream, unary];",
  ].join("\n");
}

/** What the compiler counts while it checks a source. */
function counted(text: string): { instantiations: number; types: number } {
  const folder = mkdtempSync(join(tmpdir(), "callwire-scale-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  const compilerOptions = {
    target: "es2023",
    lib: ["es2023", "esnext.disposable"],
    module: "nodenext",
    types: ["node"],
    strict: true,
    skipLibCheck: true,
    noEmit: true,
    paths: { callwire: [join(ROOT, "src/server.ts")], "callwire/client": [join(ROOT, "src/client.ts")] },
  };
  writeFileSync(join(folder, "package.json"), '{"type":"module"}');
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["service.ts"] }));
  writeFileSync(join(folder, "service.ts"), text);
  // One checker alone counts the same every time.
  const printed = execFileSync(process.execPath, [TSC, "-p", folder, "--extendedDiagnostics", "--singleThreaded"], {
    encoding: "utf8",
  });
  const count = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)$`, "mu").exec(printed)?.[1]);
  return { instantiations: count("Instantiations"), types: count("Types") };
}

test(
  "a service of 500 methods costs the type checker no more than 500 times the recorded cost of one",
  { timeout: 60_000 },
  () => {
    const [few, many] = [counted(source(4)), counted(source(500))];
    expect(few.types).toBeGreaterThan(0);
    expect((many.instantiations - few.instantiations) / 496).toBeLessThan(INSTANTIATIONS);
    expect((many.types - few.types) / 496).toBeLessThan(TYPES);
  },
);
