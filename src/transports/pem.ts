import { readFileSync, statSync } from "node:fs";

/** Certificates or a key: PEM text, its bytes, or the path of a PEM file. */
export type Pem = string | Uint8Array;

/** Says whether a PEM is in a file. */
export function isFile(pem: Pem): pem is string {
  return typeof pem === "string" && !pem.includes("-----BEGIN");
}

/** What a PEM says, read from its file where it is in one. Throws an Error that names the file. */
export function textOf(pem: Pem): string {
  if (!isFile(pem)) return typeof pem === "string" ? pem : new TextDecoder().decode(pem);
  try {
    return readFileSync(pem, "utf8");
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`Cannot read ${JSON.stringify(pem)}, which is to hold PEM text: ${reason}`, { cause: error });
  }
}

/** What changes when one of these files does. */
export function versionOf(files: readonly string[]): string {
  return files
    .map((file) => {
      const stat = statSync(file, { throwIfNoEntry: false });
      return stat === undefined ? "-" : `${stat.mtimeMs} ${stat.size} ${stat.ino}`;
    })
    .join(",");
}
