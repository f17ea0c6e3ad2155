import { type Fields, NO_FIELDS } from "../../call/fields.js";
import type { CallHead } from "../../call/sink.js";
import { ERROR_OUT } from "./status.js";

/** What opens a call that came in a frame; one for all calls of a method that send no headers and no timeout. */
export class FrameHead implements CallHead {
  readonly path: string;
  readonly codec = "value" as const;
  readonly timeoutMs: number | undefined;
  readonly fields: Fields;
  readonly peer: CallHead["peer"];
  readonly positional: boolean = false;
  out: string | undefined = undefined;
  memo: CallHead["memo"] = undefined;
  #opening: string | undefined = undefined;

  constructor(path: string, peer: CallHead["peer"], asked: { timeoutMs?: number | undefined; fields?: Fields } = {}) {
    this.path = path;
    this.peer = peer;
    this.timeoutMs = asked.timeoutMs;
    this.fields = asked.fields ?? NO_FIELDS;
  }

  /** How each answer begins: `{"out":"pong"`. Without a name from whoever answers it is the last part of what was asked for. */
  get opening(): string {
    return (this.#opening ??= `{"out":${JSON.stringify(this.#name())}`);
  }

  #name(): string | undefined {
    const name = this.out ?? this.path.split(/[/.]/u).at(-1);
    // What a method of this name answers is to be told from an error.
    return name === ERROR_OUT ? "error()" : name;
  }
}
