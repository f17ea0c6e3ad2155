import { create, toBinary } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { file_testing } from "./gen/testing_pb.js";

/**
 * Writes what testing.proto says as a descriptor set, for programs that compile nothing; gone with the running test, or when
 * `ending` says. Gives back its path.
 */
export function testingSet(ending: (end: () => void) => void = onTestFinished): string {
  const folder = mkdtempSync(join(tmpdir(), "callwire-testing-"));
  ending(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, "testing.binpb");
  const set = create(FileDescriptorSetSchema, { file: [file_testing.proto] });
  writeFileSync(path, toBinary(FileDescriptorSetSchema, set));
  return path;
}
