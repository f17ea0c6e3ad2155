import { createRequire } from "node:module";
import { join } from "node:path";

/** Loads a package that somebody else wrote, of those that bench/peers/package.json lists. This runs from bench/dist/rivals/. */
export function peerPackage(name: string): unknown {
  const require = createRequire(join(import.meta.dirname, "../../peers/package.json"));
  try {
    return require(name);
  } catch (error) {
    throw new Error(`Peer "${name}" is not installed: run npm ci --prefix bench/peers.`, { cause: error });
  }
}
