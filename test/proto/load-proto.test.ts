import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { implement, serve } from "callwire";
import { connect } from "callwire/client";
import { loadProto, type ProtoFile } from "callwire/proto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test, vi } from "vitest";

const SET = fileURLToPath(new URL("gen/notes.binpb", import.meta.url));
const bytes = readFileSync(SET);

/** A program that takes the place of the compiler, which is 50 MB: it writes down what it was told, and then does `work`. */
function compiler(work: string): string {
  return `
    const { readFileSync, writeFileSync } = require("node:fs");
    const out = process.argv.find((each) => each.startsWith("--descriptor_set_out=")).slice(21);
    writeFileSync(__dirname + "/told.json", JSON.stringify(process.argv.slice(2).filter((each) => !each.includes(out))));
    ${work}`;
}

/** A project with files in it, and a compiler. */
function project(files: readonly string[], work?: string): string {
  const root = mkdtempSync(join(tmpdir(), "callwire-project-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const file of files) {
    mkdirSync(join(root, file, ".."), { recursive: true });
    writeFileSync(join(root, file), 'syntax = "proto3";');
  }
  if (work === undefined) return root;
  const folder = join(root, "node_modules/protoc");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "protoc", bin: { protoc: "run.cjs" } }));
  writeFileSync(join(folder, "run.cjs"), compiler(work));
  return root;
}

function told(root: string): unknown {
  return JSON.parse(readFileSync(join(root, "node_modules/protoc/told.json"), "utf8"));
}

const WRITE = `writeFileSync(out, readFileSync(${JSON.stringify(SET)}));`;

describe("loadProto, of a descriptor set", () => {
  test.each<[string, ProtoFile | readonly ProtoFile[]]>([
    ["its path", SET],
    ["its bytes", bytes],
    ["a list", [SET]],
    ["one set twice over", [SET, Buffer.concat([bytes, bytes])]],
  ])("given as %s, finds the services of all files in it, by their full names", async (_what, files) => {
    const services = await loadProto(files);
    expect(Object.keys(services).toSorted()).toEqual(["test.notes.Notes", "test.notes.Others"]);
    expect(services["test.notes.Notes"]?.methods.map(({ name }) => name)).toEqual(["Keep", "Find"]);
  });

  test("rejects for a file that is not there", async () => {
    await expect(loadProto("no/such.binpb")).rejects.toThrow('There is no file "no/such.binpb".');
  });

  test("rejects for bytes that are none, wherever they are cut off, or has fewer files", async () => {
    const { length } = bytes;
    for (const end of [1, 2, 3, Math.trunc(length / 2), length - 1])
      await expect(loadProto(bytes.subarray(0, end))).rejects.toThrow(
        `A descriptor set of ${end} bytes cannot be read as a descriptor set`,
      );
    expect(await loadProto(new Uint8Array(0))).toEqual({});
  });

  test("rejects for a set without what it imports", async () => {
    const set = fromBinary(FileDescriptorSetSchema, bytes);
    const second = toBinary(FileDescriptorSetSchema, { ...set, file: set.file.slice(1) });
    await expect(loadProto(second)).rejects.toThrow("cannot be read as a descriptor set with all that it imports");
  });

  test("makes services that can be implemented and called without generated code", async () => {
    const notes = (await loadProto(SET))["test.notes.Notes"];
    if (notes === undefined) throw new Error("The set lacks its service.");
    const service = implement(notes, {
      keep: ({ text }) => ({ id: `id of ${String(text)}` }),
      *find({ id }) {
        yield { text: id };
        yield { author: { name: "Ada" } };
      },
    });
    const server = await serve([service], { listen: ["tcp://127.0.0.1:0"] });
    const client = connect(notes, server.addresses[0]?.replace("tcp", "frame") ?? "");
    onTestFinished(() => server.stop({ graceMs: 0 }));
    onTestFinished(() => client[Symbol.asyncDispose]());
    expect(await client["keep"]?.({ text: "a" })).toMatchObject({ id: "id of a" });
    const found: unknown[] = [];
    for await (const note of client["find"]?.({ id: "b" }) ?? []) found.push(note);
    expect(found).toMatchObject([{ text: "b" }, { author: { name: "Ada" } }]);
  });
});

describe("loadProto, of sources", () => {
  test("compiles them with the project's own protoc, with comments and imports", async () => {
    const root = project(["notes.proto", "more/other.proto"], WRITE);
    const services = await loadProto([join(root, "notes.proto"), join(root, "more/other.proto")]);
    expect(Object.keys(services)).toContain("test.notes.Notes");
    expect(told(root)).toEqual([
      "--include_imports",
      "--include_source_info",
      `--proto_path=${root}`,
      `--proto_path=${join(root, "more")}`,
      join(root, "notes.proto"),
      join(root, "more/other.proto"),
    ]);
  });

  test("finds them in the folders to be included, which are all that the compiler is told of then", async () => {
    const root = project(["api/v1/notes.proto", "api/v1/more.proto"], WRITE);
    const includes = [join(root, "none"), join(root, "api")];
    await loadProto(["v1/notes.proto", join(root, "api/v1/more.proto")], { includes });
    expect(told(root)).toEqual([
      "--include_imports",
      "--include_source_info",
      `--proto_path=${join(root, "none")}`,
      `--proto_path=${join(root, "api")}`,
      join(root, "api/v1/notes.proto"),
      join(root, "api/v1/more.proto"),
    ]);
  });

  test("rejects for a file that is nowhere, before anything runs", async () => {
    await expect(loadProto("no/such.proto", { includes: ["test"] })).rejects.toThrow(
      'There is no file "no/such.proto": name it from the working directory, or from a folder of `includes`.',
    );
  });

  test("takes the system's protoc where the project has none", async () => {
    const root = project(["notes.proto"]);
    mkdirSync(join(root, "bin"));
    writeFileSync(join(root, "bin/protoc"), `#!${process.execPath}\n${compiler(WRITE)}`, { mode: 0o755 });
    vi.stubEnv("PATH", join(root, "bin"));
    onTestFinished(() => void vi.unstubAllEnvs());
    const services = await loadProto(join(root, "notes.proto"));
    expect(Object.keys(services)).toContain("test.notes.Notes");
  });

  test("rejects where there is no protoc, and says how to get it", async () => {
    const root = project(["notes.proto"]);
    vi.stubEnv("PATH", "");
    onTestFinished(() => void vi.unstubAllEnvs());
    await expect(loadProto(join(root, "notes.proto"))).rejects.toThrow('run "npm i -D protoc"');
  });

  test("rejects with what the compiler complains of", async () => {
    const root = project(["notes.proto"], 'console.error("notes.proto:1:1: Expected a name."); process.exit(1);');
    const file = join(root, "notes.proto");
    await expect(loadProto(file)).rejects.toThrow(`Cannot compile ${file}: notes.proto:1:1: Expected a name.`);
  });

  test("rejects where the compiler takes too long, and ends it", async () => {
    const root = project(["notes.proto"], "setInterval(() => {}, 1000);");
    await expect(loadProto(join(root, "notes.proto"), { timeoutMs: 300 })).rejects.toThrow(
      "protoc took longer than 300 ms.",
    );
  });
});
