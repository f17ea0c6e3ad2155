import { isIP } from "node:net";
import { checkServerIdentity, connect, type ConnectionOptions, type PeerCertificate } from "node:tls";
import type { Connection } from "./connection.js";
import type { Place } from "./net.js";
import { textOf } from "./pem.js";
import { SocketConnection } from "./socket.js";
import type { TlsClientOptions } from "./tls-options.js";

/** How to connect, and what the connection is to carry. */
export interface TlsConnectOptions extends TlsClientOptions {
  /** Names of protocols (ALPN); where there are some, the server has to agree to one. */
  readonly protocols: readonly string[];
}

/**
 * Goes to a place and speaks TLS there. `opened` is called after the handshake; before that, `close` of the receiver tells why it is not.
 * Certificates and keys in files are read for each connection, so that new ones are used.
 */
export function connectTls(place: Place, options: TlsConnectOptions, opened: () => void): Connection {
  return SocketConnection.made(place.url, (own) => {
    // The options are node's own; its declaration wants them writable.
    const socket = connect({ ...secured(place, options), ...own } as ConnectionOptions);
    // node tells those who have asked for no name of a protocol that there is none.
    socket.once("secureConnect", () => {
      if (options.protocols.length === 0 || socket.alpnProtocol !== false) opened();
      else socket.destroy(new Error(`the server does not agree to ${options.protocols.join(" or ")} (ALPN)`));
    });
    return socket.setNoDelay(true);
  });
}

function secured(
  { options: place }: Place,
  options: TlsConnectOptions,
): Partial<Record<keyof ConnectionOptions, unknown>> {
  const { ca, cert, key, passphrase, serverName, rejectUnauthorized, minVersion, protocols } = options;
  const host = "host" in place ? place.host : undefined;
  // A name is asked for, an address is not (RFC 6066 §3); the certificate has to have either.
  const name = serverName ?? host ?? "";
  return {
    ...place,
    ALPNProtocols: protocols.length === 0 ? undefined : protocols,
    ca: ca === undefined ? undefined : textOf(ca),
    cert: cert === undefined ? undefined : textOf(cert),
    key: key === undefined ? undefined : textOf(key),
    passphrase,
    servername: isIP(name) === 0 ? name : "",
    rejectUnauthorized: rejectUnauthorized ?? true,
    minVersion: minVersion ?? "TLSv1.2",
    checkServerIdentity: (_host: string, certificate: PeerCertificate) => checkServerIdentity(name, certificate),
  };
}
