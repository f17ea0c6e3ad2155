import type { Frame } from "./frame.js";

/** What this end's PINGs carry, eight bytes each, by what their answers are good for: to measure, to show life, to show that a goodbye was heard. */
export const PING_MARKS: Readonly<Record<"bandwidth" | "life" | "goodbye", Uint8Array>> = {
  bandwidth: bytesOf("callwire"),
  life: bytesOf("callping"),
  goodbye: bytesOf("callgone"),
};

/** Whether a PING carries these eight bytes (RFC 9113 §6.7). */
export function carries({ bytes, start }: Frame, mark: Uint8Array): boolean {
  return mark.every((byte, i) => bytes[start + i] === byte);
}

function bytesOf(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text));
}
