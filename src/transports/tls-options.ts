import type { Pem } from "./pem.js";

/** A certificate with those that vouch for it, and its key. */
export interface KeyPair {
  /** The certificate, then its intermediates: PEM text, or the path of a PEM file. */
  readonly cert: Pem;
  readonly key: Pem;
  /** Opens an encrypted key. */
  readonly passphrase?: string | undefined;
}

/** How a server speaks TLS. What is in files is read again when they change. */
export interface TlsServerOptions extends KeyPair {
  /** Pairs for other host names than that of `cert`, by the name that clients ask for (RFC 6066 §3); `*.example.com` is any one name before it. */
  readonly names?: Readonly<Record<string, KeyPair>> | undefined;
  /** Who may vouch for clients' certificates; with it, clients have to show one. */
  readonly ca?: Pem | undefined;
  /** `ask`: clients that show no certificate are served too, and methods look at `call.peer.certificate`. */
  readonly clientCertificates?: "require" | "ask" | undefined;
  /** `TLSv1.2` unless said otherwise. */
  readonly minVersion?: "TLSv1.2" | "TLSv1.3" | undefined;
}

/** How a client speaks TLS. */
export interface TlsClientOptions extends Partial<KeyPair> {
  /** Who may vouch for the server; those that node trusts unless said otherwise. */
  readonly ca?: Pem | undefined;
  /** The name that the server's certificate has to have, and that is asked for; the URL's host unless said otherwise. */
  readonly serverName?: string | undefined;
  /** False: any certificate will do. For tests: anybody on the way can read and change all. */
  readonly rejectUnauthorized?: boolean | undefined;
  readonly minVersion?: "TLSv1.2" | "TLSv1.3" | undefined;
}
