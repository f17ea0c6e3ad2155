import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Implementation } from "../contract/implement.js";
import { loadModule } from "../load-module.js";
import { UsageError } from "./usage-error.js";

/** Loads the module of a path on the command line. Throws a UsageError (exit code 1) that says what to do. */
export async function moduleAt(path: string): Promise<{ url: URL; services: readonly Implementation[] }> {
  const file = resolve(path);
  if (!existsSync(file)) {
    throw new UsageError(`Cannot find module ${JSON.stringify(path)}: there is no file ${file}.`, 1);
  }
  const url = pathToFileURL(file);
  try {
    const { services } = await loadModule(url);
    return { url, services };
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), 1);
  }
}
