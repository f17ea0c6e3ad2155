import type { SessionOptions } from "../wires/wire.js";

/** What a connection tells the one who has it. None of these throws. */
export interface Receiver {
  /** Bytes that came, lent until this returns. */
  data(chunk: Uint8Array): void;
  /** The peer will say nothing more; it may still listen. */
  end(): void;
  /** Everything written has been taken by the system. */
  drain(): void;
  /** The connection is gone; `error` where it did not end in peace. The last thing told. */
  close(error?: Error): void;
}

/** What a peer has shown of itself, vouched for by somebody who is trusted here (TLS). */
export type PeerCertificate = NonNullable<SessionOptions["peer"]["certificate"]>;

/** An open stream of bytes to a peer: what every transport makes. */
export interface Connection {
  /** Where the peer is, as a URL. */
  readonly address: string;
  /** What it carries is encrypted on its way (TLS). */
  readonly encrypted?: boolean;
  /** What the peer has shown of itself; undefined where it has shown nothing that is trusted. */
  readonly certificate?: PeerCertificate | undefined;
  /** Begins reading; nothing is read before. Called again, another hears from then on. */
  start(receiver: Receiver): void;
  /** Sends bytes. True: the system has taken them and they may be overwritten; false: they belong to the connection, and `drain` will follow. */
  write(bytes: Uint8Array): boolean;
  /** Bytes written that the system has not taken yet. */
  readonly pending: number;
  pause(): void;
  resume(): void;
  /**
   * Gives up a connection that has not been started: the system's handle, for another process to make a connection of. The one who has it closes it.
   * Undefined where it cannot leave this process.
   */
  detach?(): SystemHandle | undefined;
  /** Lets the process live on, or not, on account of this connection alone. */
  hold(live: boolean): void;
  /** Sends what is written, then tells the peer that nothing follows. */
  end(): void;
  /** Ends it at once, in both directions; the peer may see a reset. */
  destroy(error?: Error): void;
  /** Ends it at once, and sees to it that the peer hears of a reset; absent where that cannot be. */
  reset?(error: Error): void;
}

/** The system's end of a connection, which can be sent to a child process. */
export interface SystemHandle {
  close(): void;
}

/** A place where connections arrive. */
export interface Listening {
  /** Where it is, as a URL; port 0 is resolved. */
  readonly address: string;
  /** Takes no new connections; resolves when the place is free. Those that are open live on. */
  close(): Promise<void>;
}
