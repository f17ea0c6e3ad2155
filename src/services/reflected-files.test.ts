import { create, toBinary } from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import { expect, test } from "vitest";
import { RpcError } from "../call/rpc-error.js";
import { file_grpc_reflection_v1_reflection } from "./gen/grpc/reflection/v1/reflection_pb.js";
import { ReflectedFiles, type ReflectionAsk } from "./reflected-files.js";

const NAME = "grpc.reflection.v1.ServerReflection";
const bytes = toBinary(FileDescriptorProtoSchema, file_grpc_reflection_v1_reflection.proto);

/** A server that answers every question for a file with these bytes. */
function answering(file: Uint8Array): ReflectionAsk {
  return () =>
    Promise.resolve({
      case: "fileDescriptorResponse",
      value: { $typeName: "grpc.reflection.v1.FileDescriptorResponse", fileDescriptorProto: [file] },
    });
}

/** What becomes of a file: its service, nothing, or an error. */
async function read(file: Uint8Array): Promise<unknown> {
  const files = new ReflectedFiles(answering(file));
  try {
    await files.declaring(NAME);
    return (await files.registry()).getService(NAME);
  } catch (error) {
    return error;
  }
}

test("A file that comes whole gives its service.", async () => {
  expect(await read(bytes)).toMatchObject({ typeName: NAME });
});

test("A file that was cut, or changed, is read or refused, and nothing else is thrown.", async () => {
  let seed = 7;
  const random = (below: number): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return seed % below;
  };
  const inputs = Array.from({ length: bytes.length / 4 }, (_, n) => bytes.subarray(0, n * 4));
  for (let n = 0; n < Number(process.env["FUZZ_INPUTS"] ?? 150); n += 1) {
    const changed = bytes.slice();
    for (let times = 1 + random(3); times > 0; times -= 1) changed[random(changed.length)] = random(256);
    inputs.push(changed);
  }
  const outcomes = new Set<string>();
  for (const input of inputs) {
    const outcome = await read(input);
    outcomes.add(outcome instanceof RpcError ? outcome.code : outcome === undefined ? "none" : "service");
    if (outcome instanceof Error) expect(outcome).toBeInstanceOf(RpcError);
  }
  expect([...outcomes]).toEqual(expect.arrayContaining(["internal", "none", "service"]));
});

test("A server that never stops to name files to import is given up.", async () => {
  let count = 0;
  const ask: ReflectionAsk = () => {
    const dependency = Array.from({ length: 100 }, () => `${(count += 1)}.proto`);
    const file = create(FileDescriptorProtoSchema, { name: `f${count}.proto`, dependency });
    return answering(toBinary(FileDescriptorProtoSchema, file))({ case: undefined });
  };
  const files = new ReflectedFiles(ask);
  await files.declaring("a.B");
  await expect(files.registry()).rejects.toMatchObject({ code: "resource_exhausted" });
});
