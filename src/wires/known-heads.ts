import { NO_FIELDS } from "../call/fields.js";
import type { CallHead } from "../call/sink.js";

/** So many methods are known, by paths of so many characters at the most, each with so many timeouts. */
const METHODS_KEPT = 256;
const LONGEST_PATH = 256;
const TIMEOUTS_KEPT = 16;

/** What is known of a method's calls that have a timeout, and nothing else of their own. */
interface Timed<T> {
  readonly codec: CallHead["codec"];
  readonly shape: CallHead["shape"];
  readonly byTimeout: Map<number, T>;
}

/**
 * Keeps what a client worked out from heads on one connection, for the calls that say the same. Those without fields and timeout share their head. Those with a
 * timeout have a head each, but the timeouts of a method are few as a rule: most callers always give the same. What has fields is worked out each time.
 */
export class KnownHeads<T> {
  readonly #make: (head: CallHead) => T;
  readonly #plain: WeakMap<CallHead, T> = new WeakMap();
  readonly #methods: Map<string, Timed<T>> = new Map();
  #last: CallHead | undefined = undefined;
  #found: T | undefined = undefined;

  /** `make` works it out. */
  constructor(make: (head: CallHead) => T) {
    this.#make = make;
  }

  /** Finds, or works out, what a head comes to. */
  find(head: CallHead): T {
    if (head === this.#last && this.#found !== undefined) return this.#found;
    if (head.fields !== NO_FIELDS && head.fields.length > 0) return this.#make(head);
    if (head.timeoutMs !== undefined) return this.#timed(head, head.timeoutMs);
    const known = this.#plain.get(head) ?? this.#make(head);
    this.#plain.set(head, known);
    this.#last = head;
    return (this.#found = known);
  }

  #timed(head: CallHead, timeoutMs: number): T {
    const { path, codec, shape } = head;
    let method = this.#methods.get(path);
    if (method === undefined || method.codec !== codec || method.shape !== shape) {
      if (path.length > LONGEST_PATH) return this.#make(head);
      if (this.#methods.size >= METHODS_KEPT) this.#methods.clear();
      method = { codec, shape, byTimeout: new Map() };
      this.#methods.set(path, method);
    }
    const { byTimeout } = method;
    const known = byTimeout.get(timeoutMs);
    if (known !== undefined) return known;
    // What is left of another call's time hardly comes twice.
    if (byTimeout.size >= TIMEOUTS_KEPT) byTimeout.clear();
    const made = this.#make(head);
    byTimeout.set(timeoutMs, made);
    return made;
  }
}
