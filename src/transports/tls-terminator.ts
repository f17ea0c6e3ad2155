import type { Duplex } from "node:stream";
import { createServer, type SecureContextOptions, type Server, type TLSSocket, type TlsOptions } from "node:tls";
import type { Connection, Receiver } from "./connection.js";
import { connectionStream } from "./connection-stream.js";
import { isFile, type Pem, textOf, versionOf } from "./pem.js";
import { SocketConnection } from "./socket.js";
import type { KeyPair, TlsServerOptions } from "./tls-options.js";

/** Files are looked at for changes at most so often. */
const LOOK_MS = 1000;

/** What a terminator is to know beside its certificates. */
export interface TerminatorOptions {
  /** A client has so long for its handshake. */
  readonly handshakeTimeoutMs: number;
  /** Told where files have changed and cannot be used; those from before are. */
  readonly log: (message: string) => void;
}

/** The part of node's TLS socket that says what it was made on: a socket, or another stream within two wraps; private to node. */
interface WithParent {
  readonly _parent?: unknown;
  readonly _handle?: { readonly _parentWrap?: { readonly stream?: unknown } | null } | null;
}

/** What waits for a handshake. */
type Waiting = (socket: TLSSocket | Error) => void;

/** Speaks TLS at a server's end (RFC 8446): makes of connections that begin with a ClientHello connections that carry what is within. */
export class TlsTerminator {
  readonly #options: TlsServerOptions;
  readonly #log: (message: string) => void;
  readonly #server: Server;
  readonly #waiting: Map<unknown, Waiting> = new Map();
  readonly #files: readonly string[];
  #version: string;
  #lookedAt = 0;

  /** Throws an Error that names the file, or says what is wrong with a certificate or key. */
  constructor(options: TlsServerOptions, { handshakeTimeoutMs, log }: TerminatorOptions) {
    this.#options = options;
    this.#log = log;
    this.#files = filesOf(options);
    this.#version = versionOf(this.#files);
    const secure: TlsOptions = {
      ...contextOptions(options, options),
      ALPNProtocols: ["h2", "http/1.1"],
      requestCert: options.ca !== undefined,
      rejectUnauthorized: options.clientCertificates !== "ask",
      handshakeTimeout: handshakeTimeoutMs,
      pauseOnConnect: true,
      allowHalfOpen: true,
    };
    this.#server = createServer(secure);
    this.#named();
    // It listens nowhere: connections are given to it, as node's documentation of the event has it.
    this.#server.on("secureConnection", (socket) => this.#done(socket, socket));
    this.#server.on("tlsClientError", (error, socket) => this.#done(socket, error));
  }

  /**
   * Takes over a connection that began with `first`. What this returns stands for it until `ready` is given the connection within; it tells
   * `receiver` only that it is closed, where it comes to that first.
   */
  secure(
    connection: Connection,
    first: Uint8Array,
    { receiver, ready }: { readonly receiver: Receiver; readonly ready: (within: Connection) => void },
  ): Connection {
    this.#look();
    const { address } = connection;
    const raw =
      connection instanceof SocketConnection ? connection.release(first) : connectionStream(connection, first);
    const shaking = new Handshake(raw, address.replace(/^tcp:/u, "tls:"));
    this.#waiting.set(raw, (socket) => {
      this.#waiting.delete(raw);
      if (shaking.over) return;
      shaking.over = true;
      if (!(socket instanceof Error)) ready(SocketConnection.secured(socket, shaking.address));
      else {
        this.#log(`Closed ${address}: the TLS handshake failed: ${socket.message}`);
        raw.destroy();
        receiver.close(new Error(`the TLS handshake failed: ${socket.message}`, { cause: socket }));
      }
    });
    const lost = (error?: Error): void => {
      if (!this.#waiting.delete(raw) || shaking.over) return;
      shaking.over = true;
      receiver.close(error ?? shaking.error);
    };
    // It lives as long as the connection within it, whose errors are told there.
    raw.on("error", lost);
    raw.once("close", () => lost());
    this.#server.emit("connection", raw);
    return shaking;
  }

  #done(socket: TLSSocket, result: TLSSocket | Error): void {
    const { _parent: parent, _handle: handle } = socket as unknown as WithParent; // node's own fields
    const raw = parent ?? handle?._parentWrap?.stream;
    this.#waiting.get(raw)?.(result);
  }

  /** Reads certificates and keys again where their files have changed. */
  #look(): void {
    const now = performance.now();
    if (this.#files.length === 0 || now - this.#lookedAt < LOOK_MS) return;
    this.#lookedAt = now;
    const version = versionOf(this.#files);
    if (version === this.#version) return;
    try {
      this.#server.setSecureContext(contextOptions(this.#options, this.#options));
      this.#named();
      this.#version = version;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#log(`The certificates have changed and cannot be used, so the former ones are: ${reason}`);
    }
  }

  #named(): void {
    for (const [name, pair] of Object.entries(this.#options.names ?? {}))
      this.#server.addContext(name, contextOptions(pair, this.#options));
  }
}

/** A connection whose handshake is under way: it can be given up, and nothing else. */
class Handshake implements Connection {
  readonly address: string;
  readonly pending = 0;
  /** It has been given up, or has succeeded. */
  over = false;
  error: Error | undefined = undefined;
  readonly #raw: Duplex;

  constructor(raw: Duplex, address: string) {
    this.#raw = raw;
    this.address = address;
  }

  start(): void {}

  write(): boolean {
    return true;
  }

  pause(): void {}

  resume(): void {}

  hold(): void {}

  end(): void {
    this.#raw.destroy();
  }

  destroy(error?: Error): void {
    this.error ??= error;
    this.#raw.destroy();
  }
}

function contextOptions(pair: KeyPair, { ca, minVersion }: TlsServerOptions): SecureContextOptions {
  const { cert, key, passphrase } = pair;
  return {
    cert: textOf(cert),
    key: textOf(key),
    ...(passphrase === undefined ? {} : { passphrase }),
    ...(ca === undefined ? {} : { ca: textOf(ca) }),
    minVersion: minVersion ?? "TLSv1.2",
  };
}

function filesOf({ cert, key, ca, names = {} }: TlsServerOptions): readonly string[] {
  const pairs: readonly (Pem | undefined)[] = Object.values(names).flatMap((pair) => [pair.cert, pair.key]);
  return [cert, key, ca, ...pairs].filter((pem): pem is string => pem !== undefined && isFile(pem));
}
