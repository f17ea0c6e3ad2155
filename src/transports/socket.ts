import { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import type { Connection, PeerCertificate, Receiver, SystemHandle } from "./connection.js";

/**
 * Reads are made into one buffer: what is read is used or copied before the next read of any socket.
 * It is no node Buffer, whose `slice` copies nothing.
 */
const READ_BYTES = 65_536;
const shared = new Uint8Array(READ_BYTES);

/** Windows hands a buffer to the system long before the read completes, so each socket needs its own there. */
const readBuffer = (): Uint8Array => (process.platform === "win32" ? new Uint8Array(READ_BYTES) : shared);

/** The part of node's socket that holds the system's handle; private to node, so used with a way out. */
interface WithHandle {
  _handle: (SystemHandle & { readonly _parent?: Resettable }) | null;
}

/** The handle of TCP beneath TLS; private to node, too. */
interface Resettable {
  close: (done: () => void) => void;
  readonly reset?: (done: () => void) => number;
}

/** A socket of node:net (TCP or Unix) or node:tls as a Connection. Bytes that arrive are in a buffer that all connections share. */
export class SocketConnection implements Connection {
  readonly address: string;
  readonly encrypted: boolean;
  /** Set by both ways to make one. */
  #socket!: Socket;
  #receiver: Receiver | undefined = undefined;
  #error: Error | undefined = undefined;
  /** Its handle was given to another. */
  #released = false;
  #certificate: PeerCertificate | undefined = undefined;

  private constructor(address: string, encrypted = false) {
    this.address = address;
    this.encrypted = encrypted;
  }

  /**
   * Wraps an accepted socket, which must not have been read from. Node's own way of reading allocates a buffer a read;
   * to read into ours, the handle moves into a new Socket.
   */
  static accepted(socket: Socket, address: string): SocketConnection {
    const handle = takeHandle(socket);
    if (handle !== undefined) return SocketConnection.of(handle, address);
    const connection = new SocketConnection(address);
    connection.#readEvents(socket);
    connection.#listen();
    return connection;
  }

  /** Makes a connection of a handle that was taken from a socket, in this process or in another. */
  static of(handle: SystemHandle, address: string): SocketConnection {
    const connection = new SocketConnection(address);
    const options = { handle, allowHalfOpen: true, pauseOnCreate: true, onread: connection.#onread() };
    connection.#socket = new Socket(options);
    connection.#listen();
    return connection;
  }

  /** Wraps a socket made by `make`, which is given the options that it has to be made with. */
  static made(address: string, make: (options: SocketOptions) => Socket): SocketConnection {
    const connection = new SocketConnection(address, address.startsWith("tls:"));
    connection.#socket = make({ allowHalfOpen: true, onread: connection.#onread() });
    connection.#listen();
    return connection;
  }

  /** Wraps a socket of node:tls whose handshake is done, and which has not been read from. */
  static secured(socket: TLSSocket, address: string): SocketConnection {
    const connection = new SocketConnection(address, true);
    connection.#readEvents(socket);
    connection.#listen();
    connection.#certificate = certificateOf(socket);
    return connection;
  }

  /** What the peer has shown of itself; undefined where it has shown nothing that is trusted. */
  get certificate(): PeerCertificate | undefined {
    return this.#certificate;
  }

  get pending(): number {
    return this.#socket.writableLength;
  }

  start(receiver: Receiver): void {
    this.#receiver = receiver;
    if (this.#socket.destroyed) queueMicrotask(() => receiver.close(this.#error));
    else this.#socket.resume();
  }

  write(bytes: Uint8Array): boolean {
    if (this.#socket.destroyed) return true;
    this.#socket.write(bytes);
    return this.#socket.writableLength === 0;
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  detach(): SystemHandle | undefined {
    return takeHandle(this.#socket);
  }

  /** Gives up a connection that has been read from, for a socket that begins with what was read; nobody hears of this one again. */
  release(read: Uint8Array): Socket {
    this.#released = true;
    const former = this.#socket;
    former.pause();
    const handle = takeHandle(former);
    const options = { handle, allowHalfOpen: true, pauseOnCreate: true };
    const socket = handle === undefined ? former : new Socket(options);
    socket.unshift(Buffer.from(read));
    return socket;
  }

  hold(live: boolean): void {
    if (live) this.#socket.ref();
    else this.#socket.unref();
  }

  end(): void {
    this.#socket.end();
  }

  destroy(error?: Error): void {
    this.#error ??= error;
    this.#socket.destroy();
  }

  reset(error: Error): void {
    this.#error ??= error;
    // A socket whose goodbye is just being said would stay open for ever (uv_tcp_close_reset fails then, and node closes it no more).
    if (isShuttingDown(this.#socket)) {
      this.#socket.destroy();
      return;
    }
    // Unix sockets know no reset; TLS has none of its own, but what is beneath it has. resetAndDestroy() says goodbye first, and a peer that reads that before the reset
    // comes never hears of the reset; this, which it sets itself, does not.
    if (this.encrypted) resetBeneath(this.#socket);
    else if (this.#socket.remoteAddress !== undefined) Object.assign(this.#socket, { resetAndClosing: true });
    this.#socket.destroy();
  }

  #onread(): SocketOptions["onread"] {
    return {
      buffer: readBuffer(),
      callback: (length, buffer) => {
        this.#receiver?.data(length === buffer.length ? buffer : buffer.subarray(0, length));
        return true;
      },
    };
  }

  #readEvents(socket: Socket): void {
    this.#socket = socket;
    socket.on("data", (chunk: Buffer) => this.#receiver?.data(new Uint8Array(chunk)));
    socket.pause();
  }

  #listen(): void {
    const socket = this.#socket;
    socket.on("end", () => {
      if (wasReset(socket)) this.destroy(new Error("The peer reset the connection."));
      else this.#receiver?.end();
    });
    socket.on("drain", () => this.#receiver?.drain());
    socket.on("error", (error) => {
      this.#error ??= error;
    });
    socket.on("close", () => {
      if (!this.#released) this.#receiver?.close(this.#error);
    });
  }
}

function certificateOf(socket: TLSSocket): PeerCertificate | undefined {
  if (!socket.authorized) return undefined;
  // Empty where none was shown, whatever its declaration says.
  const { subject, subjectaltname, fingerprint256, valid_to } = socket.getPeerCertificate() as Partial<
    ReturnType<TLSSocket["getPeerCertificate"]>
  >;
  if (subject === undefined || fingerprint256 === undefined) return undefined;
  const parts = Object.entries(subject).flatMap(([name, part]) => (part === undefined ? [] : [[name, part] as const]));
  return { subject: Object.fromEntries(parts), names: subjectaltname ?? "", fingerprint256, validTo: valid_to ?? "" };
}

/** What a socket has to be made with. */
export interface SocketOptions {
  readonly allowHalfOpen: boolean;
  readonly onread: {
    readonly buffer: Uint8Array;
    readonly callback: (length: number, buffer: Uint8Array) => boolean;
  };
}

/**
 * Whether what was read as the peer's goodbye was a reset: node tells of a goodbye where a reset comes right behind the last bytes. Then the system
 * knows the peer no more, as it does after goodbyes of both ends. Unix sockets have no local address either.
 */
function wasReset(socket: Socket): boolean {
  return !socket.writableEnded && socket.remoteAddress === undefined && socket.localAddress !== undefined;
}

/** Whether the goodbye has been handed to the system, or may have been, and has not left; while something is still to be sent before it, it has not. */
function isShuttingDown(socket: Socket): boolean {
  return socket.writableEnded && !socket.writableFinished && socket.writableLength === 0;
}

/** Sees to it that the connection beneath TLS ends with a reset; where node keeps it to itself, it ends as it does. */
function resetBeneath(socket: Socket): void {
  // As in takeHandle().
  const beneath = (socket as unknown as WithHandle)._handle?._parent;
  const reset = beneath?.reset;
  if (beneath === undefined || reset === undefined) return;
  const close = beneath.close;
  beneath.close = (done) => {
    if (reset.call(beneath, done) !== 0) close.call(beneath, done);
  };
}

/** Takes the system's handle out of a socket that has not been read from; undefined where node keeps it to itself. */
function takeHandle(socket: Socket): SystemHandle | undefined {
  // Private to node since ever, and cluster's way of passing sockets on.
  const donor = socket as unknown as WithHandle;
  const handle = donor._handle ?? undefined;
  donor._handle = null;
  return handle;
}
