import type { OutBuffer } from "../../bytes/out-buffer.js";
import type { Limits } from "../wire.js";

/**
 * What MessageReader.next found: a `message`; `garbage`, which is no JSON; JSON that is too `deep`; a message over the limit, which is being
 * `skipped`; after one of those, more of it than is worth skipping (`hopeless`); something after which no next message can be found (`lost`).
 * Undefined: not yet.
 */
export type Found = "message" | "garbage" | "deep" | "skipped" | "hopeless" | "lost" | undefined;

/** Cuts what comes into JSON texts and parses them. `push` a chunk, call `next` until it finds nothing, then `keep`. */
export interface MessageReader {
  /** The parsed value of a `message`. */
  readonly value: unknown;
  /** How a `deep` or `skipped` message begins, as ASCII, for its id. */
  readonly shown: string;
  /** A message, or one that is being skipped, has begun and is not whole. */
  readonly arriving: boolean;
  /** Adds a chunk, lent until `keep`. */
  push(chunk: Uint8Array): void;
  next(): Found;
  /** Takes over what is left of the last chunk, before its owner takes it back. */
  keep(): void;
}

/** Gathers the messages of a turn, and writes them at once. */
export interface MessageWriter {
  /** Adds a message of JSON text; returns about how many bytes it will be. */
  add(json: string): number;
  writeTo(buffer: OutBuffer): void;
}

/** How messages are told apart on a carrier. */
export interface Framing {
  reader(limits: Limits): MessageReader;
  writer(): MessageWriter;
}

/** A message may be so many times the limit to be skipped with the connection living on; a longer one ends it. */
export const SKIPPED_TIMES = 16;

const SHOWN_BYTES = 512;

/** The beginning of a message, as ASCII: other characters are lost, and none is needed. */
export function shownOf(bytes: Uint8Array, start: number, end: number): string {
  return String.fromCharCode(...bytes.subarray(start, Math.min(end, start + SHOWN_BYTES)));
}
