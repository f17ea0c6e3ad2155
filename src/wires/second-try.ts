import type { CallHead, Sink } from "../call/sink.js";
import type { SessionOptions } from "./wire.js";

/** What is known of a call that its server has not looked at. */
export interface Refused {
  readonly head: CallHead;
  readonly reply: Sink;
  /** It had left: then the server has refused it, and is asked once more only. Else it is made again as often as it takes. */
  readonly sent: boolean;
}

/**
 * Makes a call again that its server has not looked at: once where the server has refused it, and as often as it never left (gRPC proposal A6). Undefined: it is
 * not to be.
 */
export function secondTry({ again }: Pick<SessionOptions, "again">, { head, reply, sent }: Refused): Sink | undefined {
  if (again === undefined || (sent && head.again === true)) return undefined;
  return again(sent ? { ...head, again: true } : head, reply);
}
