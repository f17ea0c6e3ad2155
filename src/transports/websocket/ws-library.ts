import { createRequire } from "node:module";

/** Reads the frames of one peer: a stream to write to, which keeps nothing back for a later turn. */
export interface FrameReceiver {
  write(bytes: Uint8Array): boolean;
  readonly errored: Error | null;
  on(event: "message" | "ping" | "pong", listener: (bytes: Uint8Array) => void): void;
  on(event: "conclude", listener: (code: number, reason: Uint8Array) => void): void;
  on(event: "error", listener: () => void): void;
}

/** How a receiver is made. */
export interface ReceiverOptions {
  readonly isServer: boolean;
  readonly maxPayload: number;
  readonly maxBufferedChunks: number;
  readonly maxFragments: number;
}

/** How a frame is written. */
export interface FrameOptions {
  readonly fin: true;
  readonly opcode: number;
  readonly mask: boolean;
  readonly readOnly: false;
  readonly rsv1: false;
}

/** The part of the package ws that is used here; its published types leave it out. */
interface WsLibrary {
  readonly Receiver: new (options: ReceiverOptions) => FrameReceiver;
  readonly Sender: { frame(payload: Buffer, options: FrameOptions): readonly Uint8Array[] };
}

const require = createRequire(import.meta.url);
let library: WsLibrary | undefined;

/** The package ws, loaded when the first WebSocket needs it: with all that it brings along it takes as long to load as callwire does. */
export function wsLibrary(): WsLibrary {
  return (library ??= require("ws") as WsLibrary); // what ws exports
}
