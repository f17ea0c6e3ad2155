import { ENVELOPE_BYTES } from "./envelope.js";
import { settle } from "./settled.js";

/** Flags and length, as they stand before a message. */
export function envelopeHead(flags: number, length: number): Uint8Array {
  return writeHead(new Uint8Array(ENVELOPE_BYTES), flags, length);
}

/** Puts flags and length before a message. */
export function enveloped(flags: number, body: Uint8Array): Uint8Array {
  const { length } = body;
  const whole = writeHead(new Uint8Array(ENVELOPE_BYTES + length), flags, length);
  whole.set(body, ENVELOPE_BYTES);
  return settle(whole);
}

/** Messages up to so many bytes are put into envelopes in one place. */
const LENT_BYTES = 512;
const place = new Uint8Array(ENVELOPE_BYTES + LENT_BYTES);
/** Views of the beginning of that place, by their length: to make one costs more than to copy a small message. */
const views: Uint8Array[] = [];

/** Puts flags and length before a message, for whoever uses it up at once: the next call may write over it. */
export function lentEnvelope(flags: number, body: Uint8Array): Uint8Array {
  const { length } = body;
  if (length > LENT_BYTES) return enveloped(flags, body);
  const whole = (views[length] ??= place.subarray(0, ENVELOPE_BYTES + length));
  whole.set(body, ENVELOPE_BYTES);
  return writeHead(whole, flags, length);
}

function writeHead(bytes: Uint8Array, flags: number, length: number): Uint8Array {
  bytes[0] = flags;
  bytes[1] = length >>> 24;
  bytes[2] = length >>> 16;
  bytes[3] = length >>> 8;
  bytes[4] = length;
  return bytes;
}
