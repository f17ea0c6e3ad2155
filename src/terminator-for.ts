import type { PlainOptions } from "./serving.js";
import type { TlsTerminator } from "./transports/tls-terminator.js";

/** A connection that has begun, and not shown what it speaks after so long, is closed, where nothing else is said. */
export const DETECT_MS = 10_000;

/** Makes what speaks TLS, where a server's options ask for it. Rejects with an Error that says what is wrong with a certificate or key. */
export async function terminatorFor(
  { tls, detectTimeoutMs }: PlainOptions,
  log: (message: string) => void,
): Promise<TlsTerminator | undefined> {
  if (tls === undefined) return undefined;
  const { TlsTerminator } = await import("./transports/tls-terminator.js");
  return new TlsTerminator(tls, { handshakeTimeoutMs: detectTimeoutMs ?? DETECT_MS, log });
}
