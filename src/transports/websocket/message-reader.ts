import { type FrameReceiver, wsLibrary } from "./ws-library.js";

/** What the bytes of a peer say, in order. */
export interface FrameEvents {
  /** A whole message, of text or not. The bytes are the hearer's. */
  message(bytes: Uint8Array): void;
  ping(payload: Uint8Array): void;
  pong(): void;
  /** The last thing heard; 1005 where the peer gave no code (RFC 6455 §7.1.5). */
  close(code: number, reason: string): void;
}

/** Why the peer cannot be understood: the code to close with (RFC 6455 §7.4.1), and a sentence. */
export interface Violation {
  readonly code: number;
  readonly reason: string;
}

/** The codes of ws that are closed with another code than 1002 (protocol error). */
const CODES: Readonly<Record<string, number>> = {
  WS_ERR_INVALID_UTF8: 1007,
  WS_ERR_TOO_MANY_BUFFERED_PARTS: 1008,
  WS_ERR_UNSUPPORTED_MESSAGE_LENGTH: 1009,
  WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH: 1009,
};

/** A message of many small parts costs more than its bytes: so many pieces of it may come one by one, and so many fragments. */
const MAX_CHUNKS = 128 * 1024;
const MAX_FRAGMENTS = 16 * 1024;
/** Where ws counts in 32 bits. */
const MAX_BYTES = 2 ** 31 - 1;

/**
 * Reads the frames of one peer (RFC 6455 §5) and tells of its messages. Everything is told before `read` returns. Compression is not
 * negotiated, so a frame that claims to be compressed is a violation.
 */
export class MessageReader {
  readonly #receiver: FrameReceiver;

  /** `server`: the peer is a client, and has to mask its frames; a server must not. */
  constructor(heard: FrameEvents, options: { readonly server: boolean; readonly maxMessageBytes: number }) {
    const receiver = new (wsLibrary().Receiver)({
      isServer: options.server,
      // For ws, 0 is no limit.
      maxPayload: Math.min(Math.max(options.maxMessageBytes, 1), MAX_BYTES),
      maxBufferedChunks: MAX_CHUNKS,
      maxFragments: MAX_FRAGMENTS,
    });
    receiver.on("message", (bytes) => heard.message(bytes));
    receiver.on("ping", (payload) => heard.ping(payload));
    receiver.on("pong", () => heard.pong());
    receiver.on("conclude", (code, reason) => heard.close(code, Buffer.from(reason).toString()));
    // It comes in a later turn, when `read` has long returned it.
    receiver.on("error", () => {});
    this.#receiver = receiver;
  }

  /** Takes bytes, lent until this returns. After a violation, or a close, it must not be called again. */
  read(chunk: Uint8Array): Violation | undefined {
    // The receiver keeps what is not a whole frame yet, and takes off masks where the bytes lie.
    this.#receiver.write(Buffer.from(chunk));
    const error = this.#receiver.errored;
    if (error === null) return undefined;
    const code = "code" in error ? CODES[String(error.code)] : undefined;
    return { code: code ?? 1002, reason: `${error.message}.` };
  }
}
