import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, isAbsolute, join, relative, resolve } from "node:path";
import { compileProto } from "./compile-proto.js";
import { type ServicesByName, servicesIn } from "./contract/descriptor-set.js";

export { loadReflected, type LoadReflectedOptions } from "./load-reflected.js";

/** How files are loaded. */
export interface LoadProtoOptions {
  /** Folders in which imports are looked for, and the files themselves; a file that is in none of them brings its own folder. */
  readonly includes?: readonly string[];
  /** The compiler is stopped after so long; 30 s by default. */
  readonly timeoutMs?: number;
}

/** A descriptor set as bytes, or the path of one (`.binpb`, `.pb`), or of a source (`.proto`). */
export type ProtoFile = string | Uint8Array;

const DESCRIPTOR_SET = /\.(?:binpb|pb)$/u;

/**
 * Loads the services of protobuf files, by their full names, for implement() and connect(): `(await loadProto("echo.proto"))["echo.v1.EchoService"]`.
 * Sources are compiled by the npm package `protoc` of the project that they, or the program, belong to, or by the system's protoc. Rejects with an Error that says what is
 * wrong with a file, or that the compiler is missing.
 */
export async function loadProto(
  files: ProtoFile | readonly ProtoFile[],
  { includes = [], timeoutMs = 30_000 }: LoadProtoOptions = {},
): Promise<ServicesByName> {
  const all = typeof files === "string" || files instanceof Uint8Array ? [files] : files;
  const folders = includes.map((folder) => resolve(folder));
  const sources = all.filter(isSource).map((file) => foundIn(file, folders));
  const own = sources.filter((path) => !folders.some((folder) => isWithin(path, folder))).map((path) => dirname(path));
  const sets = all.filter((file) => !isSource(file)).map(setOf);
  if (sources.length > 0) {
    const set = compileProto(sources, { folders: [...new Set([...folders, ...own])], timeoutMs });
    sets.unshift(set.then((bytes) => ({ name: sources.join(", "), bytes })));
  }
  const read = (await Promise.all(sets)).flatMap((set) => Object.entries(servicesOf(set)));
  return Object.fromEntries(read);
}

/** A descriptor set, and what to call it. */
interface NamedSet {
  readonly name: string;
  readonly bytes: Uint8Array;
}

function isSource(file: ProtoFile): file is string {
  return typeof file === "string" && !DESCRIPTOR_SET.test(file);
}

async function setOf(file: ProtoFile): Promise<NamedSet> {
  if (typeof file !== "string") return { name: `A descriptor set of ${file.length} bytes`, bytes: file };
  if (!existsSync(file)) throw new Error(`There is no file ${JSON.stringify(file)}.`);
  return { name: file, bytes: await readFile(file) };
}

function servicesOf({ name, bytes }: NamedSet): ServicesByName {
  try {
    return servicesIn(bytes);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${name} cannot be read as a descriptor set with all that it imports: ${reason}`, { cause: error });
  }
}

/** The absolute path of a file, which may be given from the working directory or from one of the folders. */
function foundIn(file: string, folders: readonly string[]): string {
  const path = [resolve(file), ...folders.map((folder) => join(folder, file))].find((each) => existsSync(each));
  if (path !== undefined) return path;
  throw new Error(
    `There is no file ${JSON.stringify(file)}: name it from the working directory, or from a folder of \`includes\`.`,
  );
}

function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return !way.startsWith("..") && !isAbsolute(way);
}
