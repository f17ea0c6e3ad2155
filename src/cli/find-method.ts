import { destinationOf } from "../calling.js";
import type { ConnectOptions } from "../client.js";
import { type AnyMethod, anyMethod, orUsageError } from "./any-method.js";
import { UsageError } from "./usage-error.js";
import type { WireFlags } from "./wire-options.js";

/** How servers are asked, and until when. */
export interface Asking {
  readonly flags: WireFlags;
  readonly signal: AbortSignal;
}

/** Makes clients of one method. */
export type MethodMaker = (options: ConnectOptions) => AnyMethod;

/**
 * Finds out how a method is called: on wires that carry protobuf by its descriptor, from the files of `--proto` or by the server's reflection; else, and where a
 * server of callwire describes it in another way, as one of which nothing is known. Rejects with a UsageError, or an RpcError of the server.
 */
export async function findMethod(url: string, name: string, asking: Asking): Promise<MethodMaker> {
  const { proto } = asking.flags;
  const { bytes, wire } = orUsageError(() => destinationOf(url));
  const unknown: MethodMaker = (options) => anyMethod({ url, method: name, options });
  if (proto !== undefined && !bytes)
    throw new UsageError(`Wire ${wire.name} needs no .proto files: leave --proto out.`);
  if (proto === undefined && (wire.name !== "grpc" || name === "")) return unknown;
  // What knows protobuf takes as long to load as all the rest.
  const { findProtoMethod } = await import("./find-proto-method.js");
  return (await findProtoMethod(url, name, asking)) ?? unknown;
}
