import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/**
 * Compiles .proto files, given by absolute paths inside `folders`, to a descriptor set with all that they import and their comments.
 * The compiler is the npm package `protoc` of the files' own project, or else of the working directory's, or else the system's. Rejects with an Error
 * that holds what the compiler complains of, or says that there is none.
 */
export async function compileProto(
  files: readonly string[],
  { folders, timeoutMs }: { readonly folders: readonly string[]; readonly timeoutMs: number },
): Promise<Uint8Array> {
  const [command, ...script] = compilerFor([...files.map((file) => dirname(file)), process.cwd()]);
  const temporary = await mkdtemp(join(tmpdir(), "callwire-proto-"));
  const out = join(temporary, "set.binpb");
  const paths = folders.map((folder) => `--proto_path=${folder}`);
  const args = [
    ...script,
    `--descriptor_set_out=${out}`,
    "--include_imports",
    "--include_source_info",
    ...paths,
    ...files,
  ];
  try {
    await run([command, ...args], { files, timeoutMs });
    return await readFile(out);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** How the compiler is started: a package's program is a script for node. */
function compilerFor(folders: readonly string[]): readonly [command: string, ...script: readonly string[]] {
  for (const folder of folders) {
    const manifest = manifestFrom(folder);
    if (manifest !== undefined) return [process.execPath, join(dirname(manifest), programOf(manifest))];
  }
  return ["protoc"];
}

function manifestFrom(folder: string): string | undefined {
  try {
    return createRequire(join(folder, "package.json")).resolve("protoc/package.json");
  } catch {
    return undefined;
  }
}

function programOf(manifest: string): string {
  // What npm says that `bin` is.
  const { bin } = JSON.parse(readFileSync(manifest, "utf8")) as { bin?: string | Record<string, string> };
  const program = typeof bin === "string" ? bin : bin?.["protoc"];
  if (program === undefined)
    throw new Error(`The package protoc at ${dirname(manifest)} has no program: run "npm i -D protoc".`);
  return program;
}

function run(
  [command, ...args]: readonly [command: string, ...args: readonly string[]],
  { files, timeoutMs }: { readonly files: readonly string[]; readonly timeoutMs: number },
): Promise<void> {
  return new Promise((resolve, reject) => {
    execFile(command, args, { timeout: timeoutMs, killSignal: "SIGKILL" }, (error, _out, complaint) => {
      if (error === null) resolve();
      else if (error.code === "ENOENT") {
        reject(
          new Error(
            'Compiling .proto files needs protoc: run "npm i -D protoc", install your system\'s, or give a descriptor set.',
            { cause: error },
          ),
        );
      } else {
        const reason =
          error.killed === true ? `protoc took longer than ${timeoutMs} ms.` : complaint.trim() || error.message;
        reject(new Error(`Cannot compile ${files.join(", ")}: ${reason}`, { cause: error }));
      }
    });
  });
}
