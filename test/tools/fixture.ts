import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

/** The root of this repository. */
export const REPOSITORY: string = fileURLToPath(new URL("../../", import.meta.url));

/** Writes files (path → text) into a new folder, which is removed when the running test ends; returns its path. */
export function fixture(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), "callwire-check-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(root, dirname(path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

/** A fixture with files of this repository beside it, such as the settings of a program, and its node_modules. */
export function project(files: Readonly<Record<string, string>>, borrowed: readonly string[] = []): string {
  const root = fixture({ "package.json": PACKAGE, "tsconfig.json": TSCONFIG, ...files });
  for (const path of borrowed) copyFileSync(join(REPOSITORY, path), join(root, path));
  symlinkSync(join(REPOSITORY, "node_modules"), join(root, "node_modules"));
  return root;
}

const PACKAGE = JSON.stringify({ name: "planted", version: "1.0.0", license: "MIT", type: "module" });
const TSCONFIG = JSON.stringify({
  compilerOptions: { target: "es2023", lib: ["es2023"], module: "nodenext", strict: true, types: [], noEmit: true },
  include: ["src"],
});
