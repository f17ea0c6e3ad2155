import type { Fields } from "../call/fields.js";
import type { Body, CallHead } from "../call/sink.js";
import { OK, type Status } from "../call/status.js";

/** What opens a call in a worker: a head without what only the sender's side can use. */
export interface PlainHead extends Pick<
  CallHead,
  | "path"
  | "codec"
  | "fields"
  | "peer"
  | "positional"
  | "named"
  | "form"
  | "safe"
  | "shape"
  | "attachment"
  | "attachable"
> {
  /** When the caller's time is up (ms since 1970): it runs while the call waits, too. */
  readonly deadline: number | undefined;
}

/**
 * One thing said of a call between threads; a turn's events travel as one message. `id` names the call.
 * `open` gives the head itself, or the number of one that was given before; a head with a number is kept under it.
 * `room` takes back so many messages' worth of what the other side may send; `out` tells how the answer is named;
 * `cost` tells, of a method, for how long a call of it keeps its worker from everything else.
 */
export type CallEvent =
  | readonly ["open", id: number, number: number, head: PlainHead | undefined]
  | readonly ["head", id: number, fields: Fields, attachment: Uint8Array | undefined]
  | readonly ["message", id: number, body: Body]
  | readonly ["end", id: number, status: Status, last: Body]
  | readonly ["room", id: number, messages: number]
  | readonly ["out", id: number, out: string | undefined]
  | readonly ["cost", path: string, ms: number];

/** Messages that may be on their way in one direction of a call before the writer waits. */
export const WINDOW = 16;

/** Heads that a worker keeps; of both its own list and its sender's, the oldest goes first. */
export const HEADS_KEPT = 1024;

/** A plain success is the shared one again, which wires know by its identity. */
export function sameOk(status: Status): Status {
  return status.code === "ok" && status.trailers.length === 0 ? OK : status;
}
