/** A handshake record of TLS 1.x, its length, and in it a ClientHello (RFC 8446 §5.1, §4). */
const HELLO: readonly (number | undefined)[] = [0x16, 0x03, undefined, undefined, undefined, 0x01];

/** Whether a connection that begins with these bytes speaks TLS. Pure; asked again with a longer prefix after `more`. */
export function detectTls(prefix: Uint8Array): "mine" | "other" | "more" {
  for (const [i, byte] of HELLO.entries()) {
    const here = prefix[i];
    if (here === undefined) return "more";
    if (byte !== undefined && here !== byte) return "other";
    if (i === 2 && here > 4) return "other";
  }
  return "mine";
}
