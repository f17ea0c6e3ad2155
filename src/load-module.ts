import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, extname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Interceptor } from "./call/handler.js";
import type { Implementation } from "./contract/implement.js";
import type { HealthControl } from "./services/health-board.js";

/** Which worker a service has been loaded in. */
export interface WorkerInfo {
  /** The process, and the thread in it (0 is the main one). */
  readonly pid: number;
  readonly threadId: number;
  /** Says how its services are, to those who ask this worker; undefined where there is no health service. */
  readonly health?: HealthControl | undefined;
}

/** What a service's module exports, as far as callwire looks at it. Its state is each worker's own. */
export interface ServiceModule {
  /** Every exported implementation, arrays of them included, in the order of the exports' names. */
  readonly services: readonly Implementation[];
  /** `export const interceptors = [...]`: around every method, in each worker. */
  readonly interceptors: readonly Interceptor[];
  /** `export function setup(worker)`: awaited before the first call. */
  readonly setup: ((worker: WorkerInfo) => unknown) | undefined;
  /** `export function teardown(worker)`: awaited after the last call. */
  readonly teardown: ((worker: WorkerInfo) => unknown) | undefined;
}

/**
 * Loads a module that exports services. TypeScript is loaded through the tsx of the module's own project, or by node where that can.
 * Rejects with an Error that says what to do; `name` is what it calls the module.
 */
export async function loadModule(url: URL, name: string = fileURLToPath(url)): Promise<ServiceModule> {
  const path = fileURLToPath(url);
  if (!existsSync(path)) throw new Error(`Cannot find module ${JSON.stringify(name)}: there is no file ${path}.`);
  if (/^\.[mc]?tsx?$/u.test(extname(path))) await prepareTypeScript(path, name);
  const exported = await imported(url, name);
  const services = new Set<Implementation>();
  for (const value of Object.values(exported)) {
    for (const each of Array.isArray(value) ? value : [value]) if (isImplementation(each)) services.add(each);
  }
  if (services.size === 0) {
    throw new Error(
      `Module ${JSON.stringify(name)} exports no service: export what implement() or functions() returns.`,
    );
  }
  refuseTwins(name, [...services]);
  const { interceptors, setup, teardown } = exported;
  return {
    services: [...services],
    // The types of these three exports are what the module's author was told they are.
    interceptors: Array.isArray(interceptors) ? (interceptors as Interceptor[]) : [],
    setup: typeof setup === "function" ? (setup as ServiceModule["setup"]) : undefined, // as above
    teardown: typeof teardown === "function" ? (teardown as ServiceModule["teardown"]) : undefined, // as above
  };
}

/** Runs a module's teardown, for `limitMs` at the most. Always resolves: what goes wrong is logged. */
export async function tearDown(
  { teardown }: ServiceModule,
  worker: WorkerInfo,
  { limitMs, log }: { readonly limitMs: number; readonly log: (message: string) => void },
): Promise<void> {
  if (teardown === undefined) return;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it took longer than ${limitMs} ms`)), limitMs);
  });
  try {
    await Promise.race([teardown(worker), late]);
  } catch (error) {
    log(`The module's teardown() failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  }
  clearTimeout(timer);
}

async function imported(url: URL, name: string): Promise<Record<string, unknown>> {
  try {
    // A module's namespace is an object.
    return (await import(url.href)) as Record<string, unknown>;
  } catch (error) {
    const found = error instanceof Error ? error : new Error(String(error));
    throw new Error(`Cannot load module ${JSON.stringify(name)}: ${reasonOf(found, fileURLToPath(url))}`, {
      cause: error,
    });
  }
}

/** What cannot be found is said by the message; for anything else its author needs the place. */
function reasonOf(error: Error, path: string): string {
  if ("code" in error && error.code === "ERR_MODULE_NOT_FOUND") return `${error.message}.${spellingOf(error)}`;
  // Node tells the place of a syntax error only to those who run the file.
  if (error instanceof SyntaxError) return `${error.message}. See where with: node ${JSON.stringify(path)}`;
  return error.stack ?? error.message;
}

/** What to do where "./name.js" stands for a file name.ts: node by itself, unlike tsx, takes names as they are written. */
function spellingOf(error: Error): string {
  const missing = "url" in error && typeof error.url === "string" ? error.url : "";
  const written = missing.replace(/\.([mc]?)js$/u, ".$1ts");
  if (written === missing || !written.startsWith("file:") || !existsSync(fileURLToPath(written))) return "";
  return ` Node by itself loads TypeScript only by its real name: import ${JSON.stringify(basename(fileURLToPath(written)))}, or run "npm install --save-dev tsx" in the module's project.`;
}

function refuseTwins(name: string, services: readonly Implementation[]): void {
  const names = services.map(({ service }) => service.name);
  const twin = names.find((each, i) => names.indexOf(each) !== i);
  if (twin === undefined) return;
  throw new Error(`Module ${JSON.stringify(name)} exports two services named ${JSON.stringify(twin)}: rename one.`);
}

/** Sees to it that `import()` of TypeScript works from here on. */
async function prepareTypeScript(path: string, name: string): Promise<void> {
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
  throw new Error(
    `Node ${process.versions.node} cannot load ${JSON.stringify(name)} by itself: run "npm install --save-dev tsx" in its project, or use Node 22.18 or later.`,
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

/** Whether node takes the types out by itself, as it does from 22.18 on unless it is told not to. */
function stripsTypes(): boolean {
  return "typescript" in process.features && Boolean(process.features.typescript);
}

function isImplementation(value: unknown): value is Implementation {
  return typeof value === "object" && value !== null && "~callwire" in value && value["~callwire"] === "implementation";
}
