import { type Tap, tapPair } from "./tap.js";

/** One of the two ends of a call. */
export type End = "server" | "client";

/** Told when an end begins to work and when it has done all that it had to. Between the two, nobody else does anything in this process. */
export interface Watch {
  began(end: End): void;
  ended(end: End): void;
}

/** Nothing has moved for so long: somebody waits for what does not come. */
const STUCK_MS = 10_000;

/**
 * Lets a client and a server in one process take turns: one hears all that has come for it and does what follows from that, to the last promise and
 * tick, and only then the other. So whatever happens meanwhile can be put down to the one whose turn it is, and everything happens in the same order each
 * time, however busy the machine is.
 */
export class Lockstep {
  readonly taps: Readonly<Record<End, Tap[]>> = { server: [], client: [] };
  #end: End = "client";
  #watch: Watch | undefined = undefined;
  #done: () => boolean = () => true;
  #resolve: () => void = () => {};
  #reject: (error: Error) => void = () => {};
  #movedAt = 0;

  /** Makes a connection, and gives back the server's end and the client's. */
  connection(): { readonly server: Tap; readonly client: Tap } {
    const [server, client] = tapPair();
    this.taps.server.push(server);
    this.taps.client.push(client);
    return { server, client };
  }

  /** Takes turns, the client first, until `done` says so, which is asked after each turn of the server's. Rejects where nothing moves for 10 s. */
  run(done: () => boolean, watch?: Watch): Promise<void> {
    this.#done = done;
    this.#watch = watch;
    this.#end = "client";
    this.#movedAt = performance.now();
    return new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
      setImmediate(this.#begin);
    });
  }

  readonly #begin = (): void => {
    const end = this.#end;
    this.#watch?.began(end);
    let moved = false;
    for (const tap of this.taps[end]) if (tap.deliver()) moved = true;
    if (moved) this.#movedAt = performance.now();
    setImmediate(this.#rest);
  };

  /** What ticks and promises have put off to a turn of their own is done in this one. */
  readonly #rest = (): void => {
    setImmediate(this.#finish);
  };

  readonly #finish = (): void => {
    const end = this.#end;
    this.#watch?.ended(end);
    this.#end = end === "client" ? "server" : "client";
    if (end === "client" && this.#done()) this.#resolve();
    else if (performance.now() - this.#movedAt > STUCK_MS)
      this.#reject(new Error(`Nothing has moved for ${STUCK_MS / 1000} s: a call waits for what does not come.`));
    else setImmediate(this.#begin);
  };
}
