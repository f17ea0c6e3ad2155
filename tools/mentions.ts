import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const SKIPPED: readonly string[] = [".git", "node_modules", "dist", "coverage", ".tools"];
/** Words of the places this was written in, put together here so that this file does not hold them itself. */
const NEEDLES: readonly string[] = [
  ...["work", "farm"].map((name) => `/${name}/`),
  ["..", "shared"].join("/"),
  ...["studio", "bench"].map((name) => ["farm", name].join("-")),
];

/** Every line in the repository that names a place outside it, which means nothing to a reader, as sentences. */
export function mentions(root: string): readonly string[] {
  return files(root, "").flatMap((path) => {
    const text = readFileSync(join(root, path), "utf8");
    if (text.includes("\0") || !NEEDLES.some((needle) => text.includes(needle))) return [];
    return text
      .split("\n")
      .flatMap((line, index) =>
        NEEDLES.filter((needle) => line.includes(needle)).map(
          (needle) => `Foreign place: ${path}:${index + 1} mentions "${needle}". Name what is meant without it.`,
        ),
      );
  });
}

function files(root: string, folder: string): readonly string[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => !SKIPPED.includes(entry.name))
    .flatMap((entry) => {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      return entry.isDirectory() ? files(root, path) : entry.isFile() ? [path] : [];
    });
}
