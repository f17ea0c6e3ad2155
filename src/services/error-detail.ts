import { createRegistry, type DescMethod, fromBinary, type JsonValue, type Registry, toJson } from "@bufbuild/protobuf";
import { registryOf } from "../codecs/type-registry.js";
import { file_google_rpc_error_details } from "./gen/google/rpc/error_details_pb.js";

/**
 * Writes a detail of an error of a method, `{ type, value: bytes }`, as the canonical JSON of an Any (https://protobuf.dev/programming-guides/json/#any). It knows the
 * types of the method's files and those of `google.rpc`. What is none of these, or no such detail at all, is given back as it is.
 */
export function errorDetail(method: DescMethod, detail: unknown): unknown {
  if (!isTyped(detail)) return detail;
  const registry = createRegistry(registryOf(method.parent.file), file_google_rpc_error_details);
  const shown = written(detail, registry);
  if (shown === undefined) return detail;
  const isObject = typeof shown === "object" && shown !== null && !Array.isArray(shown);
  return { "@type": detail.type, ...(isObject ? shown : { value: shown }) };
}

/** A detail of a type that is its own business. */
interface TypedDetail {
  readonly type: string;
  readonly value: Uint8Array;
}

function isTyped(detail: unknown): detail is TypedDetail {
  if (typeof detail !== "object" || detail === null || !("type" in detail) || !("value" in detail)) return false;
  return typeof detail.type === "string" && detail.value instanceof Uint8Array;
}

/** Undefined where the type is not known, or the bytes are none of it. */
function written({ type, value }: TypedDetail, registry: Registry): JsonValue | undefined {
  const desc = registry.getMessage(type);
  try {
    return desc && toJson(desc, fromBinary(desc, value), { registry });
  } catch {
    return undefined;
  }
}
