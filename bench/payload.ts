const SHORT = "20-byte payload.....";

/** The payload of `bytes` bytes, all ASCII; 20 unless said. */
export function payloadOf(bytes: number = SHORT.length): string {
  return SHORT.repeat(Math.ceil(bytes / SHORT.length)).slice(0, bytes);
}
