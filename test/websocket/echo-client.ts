import { encodeUtf8 } from "../../src/bytes/utf8.js";
import { DEAF, type CallHead, type Sink } from "../../src/call/sink.js";
import { failure, OK, type Status } from "../../src/call/status.js";
import type { ClientSession } from "../../src/wires/wire.js";
import { EchoSession } from "./echo-session.js";

/** The calling end of what EchoSession speaks: each call is a message, and its answer the next that comes. */
export class EchoClient extends EchoSession implements ClientSession {
  readonly #replies: Sink[] = [];
  #gone: Status | undefined = undefined;

  readonly dispatch = (_head: CallHead, reply: Sink): Sink => {
    if (this.#gone !== undefined) {
      reply.end(this.#gone);
      return DEAF;
    }
    this.#replies.push(reply);
    this.open += 1;
    return {
      ...DEAF,
      end: (_status, body) => {
        this.say(encodeUtf8(String(body)));
      },
    };
  };

  override receive(chunk: Uint8Array): void {
    const text = Buffer.from(chunk).toString();
    this.events.push(text.length > 100 ? `${text.length} bytes` : text);
    const reply = this.#replies.shift();
    if (reply === undefined) return;
    this.open -= 1;
    reply.end(OK, text);
  }

  override finish(): void {
    super.finish();
    this.#end(failure("unavailable", "The server closed the connection before it answered."));
  }

  override lost(status: Status): void {
    super.lost(status);
    this.#end(status);
  }

  #end(status: Status): void {
    this.#gone ??= status;
    this.open = 0;
    for (const reply of this.#replies.splice(0)) reply.end(status);
  }
}

/** Makes a call, and resolves with its answer; an error rejects with `code: message`. */
export function echoed(session: ClientSession, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const reply: Sink = {
      ...DEAF,
      end: ({ code, message }, body) => {
        if (code === "ok") resolve(String(body));
        else reject(new Error(`${code}: ${message}`));
      },
    };
    session.dispatch(HEAD, reply).end(OK, text);
  });
}

const HEAD: CallHead = {
  path: "echo",
  codec: "value",
  timeoutMs: undefined,
  fields: [],
  peer: { address: "test://" },
  positional: false,
};
