import { createFileRegistry, type DescMessage, type FileRegistry, fromBinary } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { loadProto } from "callwire/proto";
import type { DescService } from "@bufbuild/protobuf";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

/** Where the descriptor set of the suite's messages is, which test/conformance/install makes. */
export const MESSAGES: string = fileURLToPath(new URL("../../.tools/conformance/v1.0.5.binpb", import.meta.url));

const PACKAGE = "connectrpc.conformance.v1";

/** The suite's service and its messages, by their names within its package. */
export interface Suite {
  readonly service: DescService;
  readonly registry: FileRegistry;
  message(name: string): DescMessage;
}

/** Loads the suite's service as users load theirs, and the messages of its own programs. Rejects where test/conformance/install has not run. */
export async function loadSuite(): Promise<Suite> {
  const [services, set] = await Promise.all([loadProto(MESSAGES), readFile(MESSAGES)]);
  const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, set));
  const service = services[`${PACKAGE}.ConformanceService`];
  if (service === undefined) throw new Error(`${MESSAGES} lacks ConformanceService: remove it and run .ci/setup.`);
  return {
    service,
    registry,
    message(name) {
      const found = registry.getMessage(`${PACKAGE}.${name}`);
      if (found === undefined) throw new Error(`${MESSAGES} lacks ${name}: remove it and run .ci/setup.`);
      return found;
    },
  };
}
