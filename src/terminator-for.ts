import type { PlainOptions } from "./serving.js";
import type { TlsTerminator } from "./transports/tls-terminator.js";

/** A connection that has not shown what it speaks after so long is closed, where nothing else is said. */
export const FIRST_BYTE_MS = 10_000;

/** Makes what speaks TLS, where a server's options ask for it. Rejects with an Error that says what is wrong with a certificate or key. */
export async function terminatorFor(
  { tls, firstByteTimeoutMs }: PlainOptions,
  log: (message: string) => void,
): Promise<TlsTerminator | undefined> {
  if (tls === undefined) return undefined;
  const { TlsTerminator } = await import("./transports/tls-terminator.js");
  return new TlsTerminator(tls, { handshakeTimeoutMs: firstByteTimeoutMs ?? FIRST_BYTE_MS, log });
}
