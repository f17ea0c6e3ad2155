import type { ServicesByName } from "../contract/descriptor-set.js";
import { loadProto } from "../load-proto.js";
import { UsageError } from "./usage-error.js";
import type { WireFlags } from "./wire-options.js";

/** The services of the files that `--proto` names. Rejects with a UsageError where a file cannot be read or compiled. */
export async function servicesOfFiles(files: readonly string[], flags: WireFlags): Promise<ServicesByName> {
  try {
    return await loadProto(files, { includes: flags.protoPath ?? [] });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new UsageError(message.replace("`includes`", "--proto-path"));
  }
}
