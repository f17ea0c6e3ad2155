import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { delimiter, dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const INSTALLED = fileURLToPath(new URL("node_modules/", import.meta.url));

/** One version of Node to be tested. */
export interface NodeVersion {
  /** The program. */
  readonly path: string;
  /** Such as `24.21.0`. */
  readonly version: string;
  /** Whether it loads TypeScript without help. */
  readonly loadsTypeScript: boolean;
  /** The environment in which `node`, by name too, is this one. */
  readonly env: NodeJS.ProcessEnv;
}

/**
 * The versions that were asked for, by major (`24`) or by the path of a program; without any, all that package.json beside this file lists.
 * Throws an Error that says what to do where one is not there.
 */
export function nodeVersions(asked: readonly string[]): readonly NodeVersion[] {
  if (asked.length > 0) return asked.map((each) => versionAt(/^\d+$/u.test(each) ? programOf(each) : resolve(each)));
  const names = existsSync(INSTALLED) ? readdirSync(INSTALLED).filter((name) => name.startsWith("node-")) : [];
  const majors = names.map((name) => name.slice("node-".length));
  if (majors.length === 0) throw new Error(`No version of Node is installed in tools/nodes. ${HOW}`);
  return majors.map((major) => versionAt(programOf(major)));
}

const HOW = `On Linux on x64 run "npm ci --ignore-scripts --prefix tools/nodes"; elsewhere give paths: npm run nodes -- /path/to/node.`;

function programOf(major: string): string {
  return `${INSTALLED}node-${major}/bin/node`;
}

function versionAt(path: string): NodeVersion {
  if (!existsSync(path)) throw new Error(`There is no ${path}. ${HOW}`);
  const script = "JSON.stringify([process.versions.node, Boolean(process.features.typescript)])";
  const { stdout, stderr, error } = spawnSync(path, ["-p", script], { encoding: "utf8" });
  if (stdout === "" || error !== undefined) throw new Error(`Could not run ${path}: ${error?.message ?? stderr}`);
  // As the script writes it.
  const [version, loadsTypeScript] = JSON.parse(stdout) as [string, boolean];
  return { path, version, loadsTypeScript, env: envOf(path) };
}

/** What npm says of the node that it runs with would be passed on. */
function envOf(path: string): NodeJS.ProcessEnv {
  const { NODE: _, npm_node_execpath: __, ...rest } = process.env;
  return {
    ...rest,
    PATH: `${dirname(path)}${delimiter}${rest["PATH"] ?? ""}`,
    NO_COLOR: "1",
    FORCE_COLOR: undefined,
  };
}
