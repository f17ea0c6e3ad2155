import type { ReflectOptions } from "../reflect.js";
import { UsageError } from "./usage-error.js";
import { connectOptions, type WireFlags } from "./wire-options.js";

/** What to do about a server that does not describe itself. */
export const NO_REFLECTION = "The server has no reflection: name its .proto files with --proto.";

/** A server that has not told what it offers after so long will not tell. */
const PATIENCE_MS = 5000;

/** How reflection asks, and until when. */
export function reflectionOptions(flags: WireFlags, signal?: AbortSignal): ReflectOptions {
  const { header, timeout } = flags;
  return { headers: header, timeoutMs: timeout ?? PATIENCE_MS, signal, connect: connectOptions(flags) };
}

/** Waits for what reflection tells; what cannot be asked at all is the fault of whoever wrote the command. */
export async function reflectedOrUsage<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw error instanceof TypeError ? new UsageError(error.message) : error;
  }
}
