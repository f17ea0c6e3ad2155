import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, extname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Implementation } from "../contract/implement.js";
import { UsageError } from "./usage-error.js";

/**
 * Loads a module and returns the services that it exports, arrays of them included, in the order of its exports' names. TypeScript is loaded
 * through the tsx of the module's own project, or by node where that can. Throws a UsageError (exit code 1) that says what to do.
 */
export async function loadServices(module: string): Promise<readonly Implementation[]> {
  const path = resolve(module);
  if (!existsSync(path)) {
    throw new UsageError(`Cannot find module ${JSON.stringify(module)}: there is no file ${path}.`, 1);
  }
  if (/^\.[mc]?tsx?$/u.test(extname(path))) await prepareTypeScript(module, path);
  const services = new Set<Implementation>();
  for (const exported of Object.values(await loaded(module, path))) {
    for (const each of Array.isArray(exported) ? exported : [exported]) if (isImplementation(each)) services.add(each);
  }
  if (services.size === 0) {
    throw new UsageError(
      `Module ${JSON.stringify(module)} exports no service: export what implement() or functions() returns.`,
      1,
    );
  }
  refuseTwins(module, [...services]);
  return [...services];
}

async function loaded(module: string, path: string): Promise<object> {
  try {
    // A module's namespace is an object.
    return (await import(pathToFileURL(path).href)) as object;
  } catch (error) {
    const found = error instanceof Error ? error : new Error(String(error));
    throw new UsageError(`Cannot load module ${JSON.stringify(module)}: ${reasonOf(found, path)}`, 1);
  }
}

/** What cannot be found is said by the message; for anything else its author needs the place. */
function reasonOf(error: Error, path: string): string {
  if ("code" in error && error.code === "ERR_MODULE_NOT_FOUND") return `${error.message}.`;
  // Node tells the place of a syntax error only to those who run the file.
  if (error instanceof SyntaxError) return `${error.message}. See where with: node ${JSON.stringify(path)}`;
  return error.stack ?? error.message;
}

/** Sees to it that `import()` of TypeScript works from here on. */
async function prepareTypeScript(module: string, path: string): Promise<void> {
  const tsx = tsxOf(path);
  if (tsx !== undefined) {
    // What tsx documents of `tsx/esm/api`.
    const tsxApi = (await import(pathToFileURL(tsx).href)) as {
      register(options: { tsconfig: string | false }): unknown;
    };
    // By itself it would take the tsconfig.json of the working directory, which may be another project's.
    tsxApi.register({ tsconfig: tsconfigOf(path) ?? false });
    return;
  }
  if (stripsTypes()) return;
  throw new UsageError(
    `Node ${process.versions.node} cannot load ${JSON.stringify(module)} by itself: run "npm install --save-dev tsx" in its project, or use Node 22.18 or later.`,
    1,
  );
}

/** Where the module's project keeps tsx. */
function tsxOf(path: string): string | undefined {
  try {
    // What require() is given is the CommonJS build, which does not find its own loader when it is imported.
    return createRequire(path)
      .resolve("tsx/esm/api")
      .replace(/\.cjs$/u, ".mjs");
  } catch {
    return undefined;
  }
}

/** The nearest tsconfig.json, from the module's folder upwards. */
function tsconfigOf(path: string): string | undefined {
  const folder = dirname(path);
  if (folder === path) return undefined;
  const file = join(folder, "tsconfig.json");
  return existsSync(file) ? file : tsconfigOf(folder);
}

function stripsTypes(): boolean {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  return (
    ("typescript" in process.features && Boolean(process.features.typescript)) ||
    major > 22 ||
    (major === 22 && minor >= 18)
  );
}

function isImplementation(value: unknown): value is Implementation {
  return typeof value === "object" && value !== null && "~callwire" in value && value["~callwire"] === "implementation";
}

function refuseTwins(module: string, services: readonly Implementation[]): void {
  const names = services.map(({ service }) => service.name);
  const twin = names.find((name, i) => names.indexOf(name) !== i);
  if (twin === undefined) return;
  throw new UsageError(
    `Module ${JSON.stringify(module)} exports two services named ${JSON.stringify(twin)}: rename one.`,
    1,
  );
}
