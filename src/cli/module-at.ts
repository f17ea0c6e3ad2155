import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Implementation } from "../contract/implement.js";
import { loadModule } from "../load-module.js";
import { UsageError } from "./usage-error.js";

/** Loads the module of a path on the command line. Throws a UsageError (exit code 1) that says what to do. */
export async function moduleAt(path: string): Promise<{ url: URL; services: readonly Implementation[] }> {
  const url = pathToFileURL(resolve(path));
  try {
    const { services } = await loadModule(url, path);
    return { url, services };
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), 1);
  }
}
