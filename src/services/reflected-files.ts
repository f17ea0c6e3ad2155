import { create, createFileRegistry, type FileRegistry, fromBinary } from "@bufbuild/protobuf";
import { type FileDescriptorProto, FileDescriptorProtoSchema, FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { CODES } from "../call/code.js";
import { RpcError } from "../call/rpc-error.js";
import { addJsonNames } from "../contract/json-names.js";
import type { ServerReflectionRequest, ServerReflectionResponse } from "./gen/grpc/reflection/v1/reflection_pb.js";
import { wellKnownFile } from "./well-known-file.js";

/** Asks a server for something, and resolves with what it answers. May be called again before that. */
export type ReflectionAsk = (
  request: ServerReflectionRequest["messageRequest"],
) => Promise<ServerReflectionResponse["messageResponse"]>;

/** More than the largest programs have: a server that sends more is broken, or means harm. */
const MOST_FILES = 10_000;
const MOST_BYTES = 64 * 1024 * 1024;

/** The files of a server, gathered from what it answers to questions of reflection. Methods reject with an RpcError for answers that cannot be. */
export class ReflectedFiles {
  readonly #ask: ReflectionAsk;
  readonly #files: Map<string, FileDescriptorProto> = new Map();
  /** Files that are imported and have not come. */
  readonly #missing: Set<string> = new Set();
  #bytes = 0;

  constructor(ask: ReflectionAsk) {
    this.#ask = ask;
  }

  /** The full names of the server's services. */
  async services(): Promise<readonly string[]> {
    const answer = await this.#ask({ case: "listServices", value: "*" });
    if (answer.case === "listServicesResponse") return answer.value.service.map(({ name }) => name);
    throw answer.case === "errorResponse" ? errorOf(answer.value) : unexpected("listServices", answer.case);
  }

  /** Takes the file that declares what has a full name. Resolves with undefined, or with why there is none. */
  async declaring(symbol: string): Promise<RpcError | undefined> {
    const taken = await this.#take({ case: "fileContainingSymbol", value: symbol });
    return taken instanceof RpcError ? taken : undefined;
  }

  /**
   * Takes all that is imported by what has been taken, and makes descriptors of it. An import that the server has not got is taken for one without
   * declarations, since all that is used of some are options. Rejects where something is missing that is used.
   */
  async registry(): Promise<FileRegistry> {
    const nowhere: string[] = [];
    // A set that grows while it is walked is walked to its end.
    for (const name of this.#missing) if (!(await this.#import(name))) nowhere.push(name);
    try {
      return createFileRegistry(create(FileDescriptorSetSchema, { file: this.#sorted() }));
    } catch (error) {
      const lacking = nowhere.length === 0 ? "" : ` It has not got ${nowhere.join(", ")}.`;
      const reason = error instanceof Error ? error.message : String(error);
      throw new RpcError("internal", `The server's descriptors cannot be read: ${reason}.${lacking}`, { cause: error });
    }
  }

  /** Takes a file by its name; says whether there is one. */
  async #import(name: string): Promise<boolean> {
    const known = wellKnownFile(name);
    if (known !== undefined) {
      this.#add(known);
      return true;
    }
    const [first] = listOf(await this.#take({ case: "fileByFilename", value: name }));
    if (this.#files.has(name)) return true;
    // Some servers know a file by another name than those that import it: it is reached through one that imports it publicly.
    const through = first === undefined ? {} : { dependency: [first.name], publicDependency: [0] };
    this.#add(create(FileDescriptorProtoSchema, { name, ...through }));
    return first !== undefined;
  }

  /** Takes the files of an answer: of those of one name, the first. */
  async #take(
    request: Extract<ServerReflectionRequest["messageRequest"], { value: string }>,
  ): Promise<readonly FileDescriptorProto[] | RpcError> {
    const answer = await this.#ask(request);
    if (answer.case === "errorResponse") return errorOf(answer.value);
    if (answer.case !== "fileDescriptorResponse") throw unexpected(request.case, answer.case);
    const files = answer.value.fileDescriptorProto.map((bytes) => this.#read(bytes));
    for (const file of files) if (!this.#files.has(file.name)) this.#add(file);
    if (this.#files.size + this.#missing.size <= MOST_FILES && this.#bytes <= MOST_BYTES) return files;
    throw new RpcError(
      "resource_exhausted",
      `The server describes more than ${MOST_FILES} files or ${MOST_BYTES} bytes.`,
    );
  }

  #add(file: FileDescriptorProto): void {
    this.#files.set(file.name, file);
    this.#missing.delete(file.name);
    for (const name of file.dependency) if (!this.#files.has(name)) this.#missing.add(name);
  }

  #read(bytes: Uint8Array): FileDescriptorProto {
    this.#bytes += bytes.length;
    try {
      const file = fromBinary(FileDescriptorProtoSchema, bytes);
      addJsonNames(file);
      return file;
    } catch (error) {
      throw new RpcError("internal", "The server sent a file descriptor that cannot be read.", { cause: error });
    }
  }

  /** The files, each behind all that it imports. */
  #sorted(): FileDescriptorProto[] {
    const visited = new Set<string>();
    const sorted: FileDescriptorProto[] = [];
    const visit = (name: string): void => {
      const file = this.#files.get(name);
      if (file === undefined || visited.has(name)) return;
      visited.add(name);
      for (const each of file.dependency) visit(each);
      sorted.push(file);
    };
    for (const name of this.#files.keys()) visit(name);
    return sorted;
  }
}

function listOf(taken: readonly FileDescriptorProto[] | RpcError): readonly FileDescriptorProto[] {
  return taken instanceof RpcError ? [] : taken;
}

function errorOf({ errorCode, errorMessage }: { readonly errorCode: number; readonly errorMessage: string }): RpcError {
  const code = CODES[errorCode];
  return new RpcError(code === undefined || code === "ok" ? "unknown" : code, errorMessage);
}

function unexpected(asked: string | undefined, answered: string | undefined): RpcError {
  return new RpcError("internal", `The server answers ${asked} with ${answered ?? "nothing"}.`);
}
