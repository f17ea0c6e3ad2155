import { enveloped } from "../bytes/enveloped.js";
import type { Compression } from "./compression.js";

/** Puts a message into an envelope, compressed where that makes it shorter. */
export function envelopedMessage(body: Uint8Array, compression: Compression | undefined): Uint8Array {
  if (compression === undefined || body.length < compression.minBytes) return enveloped(0, body);
  const packed = compression.coding.encode(body);
  return packed.length < body.length ? enveloped(1, packed) : enveloped(0, body);
}
