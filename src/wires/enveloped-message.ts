import { enveloped, lentEnvelope } from "../bytes/enveloped.js";
import type { Compression } from "./compression.js";

/** Puts a message into an envelope, compressed where that makes it shorter. */
export function envelopedMessage(body: Uint8Array, compression: Compression | undefined): Uint8Array {
  return isPacked(body, compression) ? packedMessage(body, compression) : enveloped(0, body);
}

/** The same for whoever uses it up at once, as an HttpOut does: a small one is written over by the next. */
export function lentMessage(body: Uint8Array, compression: Compression | undefined): Uint8Array {
  return isPacked(body, compression) ? packedMessage(body, compression) : lentEnvelope(0, body);
}

function isPacked({ length }: Uint8Array, compression: Compression | undefined): compression is Compression {
  return compression !== undefined && length >= compression.minBytes;
}

function packedMessage(body: Uint8Array, { coding }: Compression): Uint8Array {
  const packed = coding.encode(body);
  return packed.length < body.length ? enveloped(1, packed) : enveloped(0, body);
}
