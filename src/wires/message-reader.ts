import { EnvelopeReader } from "../bytes/envelope.js";
import { failure, type Status } from "../call/status.js";
import type { MessageCoding } from "./wire.js";

/** The flag of a message that is compressed (gRPC, gRPC-Web and Connect have the same). */
const COMPRESSED = 1;

/**
 * Cuts a body in envelopes into messages, and decompresses those whose flag says so. After `message`, `body` is the message and `flags` are what
 * is left of its flags.
 */
export class MessageReader extends EnvelopeReader {
  /** How compressed messages are compressed; undefined: none may be. */
  coding: MessageCoding | undefined = undefined;
  readonly #most: number;

  /** A message may have `most` bytes, before and after it is decompressed. */
  constructor(most: number) {
    super(most);
    this.#most = most;
  }

  /** Finds the next message; a failure says why there is none, and ends the call. */
  read(): "message" | "more" | Status {
    const found = this.next();
    if (found === "oversized") return tooLong(this.#most, "");
    if (found === "more" || (this.flags & COMPRESSED) === 0) return found;
    return this.#inflate();
  }

  #inflate(): "message" | Status {
    if (this.coding === undefined)
      return failure("internal", "A message is compressed, and the head of its call does not say how.");
    const body = this.coding.decode(this.body, this.#most);
    if (body === "oversized") return tooLong(this.#most, " when it is decompressed");
    if (body === "broken") return failure("internal", "A message cannot be decompressed.");
    this.body = body;
    this.flags &= ~COMPRESSED;
    return "message";
  }
}

function tooLong(most: number, when: string): Status {
  return failure("resource_exhausted", `A message may have ${most} bytes${when}, and this one has more.`);
}
