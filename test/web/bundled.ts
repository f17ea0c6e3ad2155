import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build, type Metafile } from "esbuild";

/** A page's code as a bundler makes it: files by name, the first loaded and all that it imports at once, the rest when it is needed. */
export interface Bundle {
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** What the page loads before it runs. */
  readonly first: readonly string[];
  readonly metafile: Metafile;
}

/** Bundles a module for browsers, by the package's own `exports`: what npm would install. It stands as if it lay beside this file. */
export async function bundled(code: string): Promise<Bundle> {
  const { outputFiles, metafile } = await build({
    stdin: {
      contents: code,
      loader: "ts",
      resolveDir: fileURLToPath(new URL(".", import.meta.url)),
      sourcefile: "page.ts",
    },
    bundle: true,
    minify: true,
    splitting: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    // What needs node is found below, not by an error.
    external: ["node:*"],
    // Without the paths of tsconfig.json, which lead to the sources.
    tsconfigRaw: {},
    outdir: "/",
    entryNames: "page",
    write: false,
    metafile: true,
  });
  const files = new Map(outputFiles.map(({ path, contents }) => [path.slice(1), contents]));
  const first = new Set(["page.js"]);
  for (const name of first)
    for (const { kind, path } of importsOf(metafile, name)) if (kind === "import-statement") first.add(nameOf(path));
  return { files, first: [...first], metafile };
}

/** How many bytes files have together when each is compressed. */
export function gzippedBytes({ files }: Bundle, names: readonly string[]): number {
  return names.reduce((sum, name) => sum + gzipSync(files.get(name) ?? "", { level: 9 }).length, 0);
}

/** The modules that files were made of. */
export function modulesOf({ metafile }: Bundle, names: readonly string[]): readonly string[] {
  const outputs = Object.entries(metafile.outputs).filter(([path]) => names.includes(nameOf(path)));
  return outputs.flatMap(([, { inputs }]) => Object.keys(inputs));
}

function importsOf({ outputs }: Metafile, name: string): Metafile["outputs"][string]["imports"] {
  return Object.entries(outputs).find(([path]) => nameOf(path) === name)?.[1].imports ?? [];
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
