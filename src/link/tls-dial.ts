import { connectTls } from "../transports/tls-connect.js";
import type { TlsClientOptions } from "../transports/tls-options.js";
import { type Dial, placeOf } from "./carriers.js";

/** How connections are made that speak TLS, and which protocols they offer to carry (ALPN, RFC 7301); none where there is no name for it. */
export function tlsDial(options: TlsClientOptions, protocols: readonly string[]): Dial {
  return (url, opened) => connectTls(placeOf(url), { ...options, protocols }, opened);
}
