import { withOptions } from "../../src/made-client.js";
import type { LoadName } from "./cases.js";
import { STREAMED } from "./echoes.js";

/** Of calls with a deadline; none comes near it. */
const TIMEOUT_MS = 60_000;

type Method = (input: unknown) => unknown;

/** A closed loop of calls: each answer is followed by the next call until it is told to stop. */
export interface Load {
  /** Calls, or streams, that have not ended. */
  open: number;
  /** Calls answered, or messages of streams that have ended. */
  done: number;
  /** Begins with so many calls. */
  start(inflight: number): void;
  /** No more calls after those that are open. */
  stopped: boolean;
  /** Why a call failed, or that its answer was wrong. */
  failure: unknown;
}

/** Makes the loop of a kind for a client's methods. */
export function loadOf(client: AsyncDisposable, load: LoadName, message: unknown): Load {
  const chosen = load === "deadline" ? withOptions(client, { timeoutMs: TIMEOUT_MS }) : client;
  // The methods of echoOf(), whose client has no types.
  const methods = chosen as unknown as Readonly<Record<string, Method>>;
  if (load === "unary" || load === "deadline") return new UnaryLoad(methods, message);
  return new StreamLoad(methods, message, load);
}

/** Calls of one message. One promise a call is made here: what `then` gives back. */
class UnaryLoad implements Load {
  open = 0;
  done = 0;
  stopped = false;
  failure: unknown = undefined;
  readonly #methods: Readonly<Record<string, Method>>;
  readonly #message: unknown;
  readonly #expected: string;

  constructor(methods: Readonly<Record<string, Method>>, message: unknown) {
    this.#methods = methods;
    this.#message = message;
    this.#expected = textOf(message);
  }

  start(inflight: number): void {
    for (let i = 0; i < inflight; i += 1) this.#call();
  }

  #call(): void {
    this.open += 1;
    // A call that is answered with a promise.
    const answer = this.#methods["echo"]?.(this.#message) as Promise<unknown>;
    answer.then(this.#answered, this.#failed);
  }

  readonly #answered = (answer: unknown): void => {
    if (textOf(answer) !== this.#expected) this.failure = new Error(`The server answered ${JSON.stringify(answer)}.`);
    this.open -= 1;
    this.done += 1;
    if (!this.stopped) this.#call();
  };

  readonly #failed = (error: unknown): void => {
    this.failure = error;
  };
}

/** Streams of messages, one after the other; what an `async` function and `for await` cost is in their counts. */
class StreamLoad implements Load {
  open = 0;
  done = 0;
  stopped = false;
  failure: unknown = undefined;
  readonly #methods: Readonly<Record<string, Method>>;
  readonly #message: unknown;
  readonly #load: LoadName;

  constructor(methods: Readonly<Record<string, Method>>, message: unknown, load: LoadName) {
    this.#methods = methods;
    this.#message = message;
    this.#load = load;
  }

  start(inflight: number): void {
    for (let i = 0; i < inflight; i += 1) this.#loop().catch((error: unknown) => (this.failure = error));
  }

  async #loop(): Promise<void> {
    this.open += 1;
    while (!this.stopped) {
      const count = this.#load === "stream out" ? await this.#heard() : await this.#said();
      if (count !== STREAMED) throw new Error(`A stream had ${count} messages in place of ${STREAMED}.`);
      this.done += count;
    }
    this.open -= 1;
  }

  async #heard(): Promise<number> {
    let count = 0;
    // A method that streams.
    const answers = this.#methods["repeat"]?.(this.#message) as AsyncIterable<unknown>;
    for await (const answer of answers) if (answer !== undefined) count += 1;
    return count;
  }

  async #said(): Promise<number> {
    let count = 0;
    const message = this.#message;
    const messages = function* (): Iterable<unknown> {
      for (; count < STREAMED; count += 1) yield message;
    };
    const last = await this.#methods["last"]?.(messages());
    return textOf(last) === textOf(message) ? count : 0;
  }
}

function textOf(message: unknown): string {
  if (typeof message === "object" && message !== null && "text" in message) return String(message.text);
  return String(message);
}
