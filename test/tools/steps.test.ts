import { describe, expect, test } from "vitest";
import { STEPS } from "../../tools/steps.js";
import { project } from "./fixture.js";

const MANIFEST = {
  name: "planted",
  version: "1.0.0",
  license: "MIT",
  type: "module",
  files: ["dist"],
  exports: { ".": { types: "./dist/server.d.ts", default: "./dist/server.js" } },
};

function built(declaration: string, manifest: object = MANIFEST): string {
  return project({
    "package.json": JSON.stringify(manifest),
    "dist/server.js": `export { answer } from "./answer.js";\n`,
    "dist/server.d.ts": declaration,
    "dist/answer.js": "export const answer = 42;\n",
    "dist/answer.d.ts": "export declare const answer: number;\n",
  });
}

const SOUND = `export { answer } from "./answer.js";\n`;
// Without its extension the file is found by no resolver of ES modules.
const UNSOUND = `export { answer } from "./answer";\n`;

describe("the programs that check runs", { timeout: 60_000 }, () => {
  test("format accepts what oxfmt writes and catches what it would write otherwise", () => {
    const tidy = project({ "src/a.ts": "export const a = 1;\n" }, [".oxfmtrc.json", "package.json", "tsconfig.json"]);
    expect(STEPS.format?.(tidy)).toEqual([]);
    const untidy = project({ "src/a.ts": "export const a   = 1\n" }, [".oxfmtrc.json", "package.json"]);
    expect(STEPS.format?.(untidy)).toEqual([expect.stringContaining("src/a.ts")]);
  });

  test("lint accepts clean code, and any in contract/infer.ts", () => {
    const files = { "src/contract/infer.ts": "export type Method = (...args: any[]) => unknown;\n" };
    expect(STEPS.lint?.(project(files, [".oxlintrc.json"]))).toEqual([]);
  });

  test("lint catches what the house style forbids, with types in hand", () => {
    const text = `declare function later(): Promise<void>;
export default function many(a: any, b: number, c: number, d: number): void {
  later();
  [a].forEach(async () => { await later(); });
  if (b == c) console.log(d);
}
`;
    const [output] = STEPS.lint?.(project({ "src/call/a.ts": text }, [".oxlintrc.json"])) ?? [];
    for (const rule of ["no-explicit-any", "no-floating-promises", "no-misused-promises", "no-default-export"])
      expect(output).toContain(rule);
    for (const rule of ["max-params", "eqeqeq", "no-console"]) expect(output).toContain(rule);
  });

  test("types accepts sound code and catches a wrong assignment", () => {
    expect(STEPS.types?.(project({ "src/a.ts": "export const a: number = 1;\n" }))).toEqual([]);
    const wrong = STEPS.types?.(project({ "src/a.ts": `export const a: number = "1";\n` }));
    expect(wrong).toEqual([expect.stringContaining("TS2322")]);
  });

  test("knip accepts what is used and catches a file, an export and a dependency that nothing uses", () => {
    const root = project(
      {
        "package.json": JSON.stringify({ ...MANIFEST, dependencies: { commander: "14.0.3" } }),
        "src/server.ts": `import { used } from "./call/used.js";\nexport const start = used;\n`,
        "src/call/used.ts": "export const used = 1;\nexport const spare = 2;\n",
        "src/call/unused.ts": "export const unused = 1;\n",
        "src/models/threads.ts": `export const worker = new URL("./worker.js", import.meta.url);\n`,
        "src/models/worker.ts": "export {};\n",
        "src/client.ts": `export { worker } from "./models/threads.js";\n`,
      },
      ["knip.json"],
    );
    const [output] = STEPS.knip?.(root) ?? [];
    for (const name of ["src/call/unused.ts", "spare", "commander"]) expect(output).toContain(name);
    expect(output).not.toContain("worker");
  });

  test("publint and attw accept a package whose files are where it says, with types that resolve", () => {
    const root = built(SOUND);
    expect(STEPS.publint?.(root)).toEqual([]);
    expect(STEPS.attw?.(root)).toEqual([]);
  });

  test("publint catches an entry that is not in the package", () => {
    const exports = { ...MANIFEST.exports, "./client": "./dist/client.js" };
    const failures = STEPS.publint?.(built(SOUND, { ...MANIFEST, exports }));
    expect(failures).toEqual([expect.stringContaining("./dist/client.js")]);
  });

  test("attw catches types that do not resolve", () => {
    expect(STEPS.attw?.(built(UNSOUND))).toEqual([expect.stringContaining("Internal resolution error")]);
  });
});
