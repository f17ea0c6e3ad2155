import type { Interceptor } from "../../src/call/handler.js";
import type { Case } from "./cases.js";
import { echoOf } from "./echoes.js";
import { joined } from "./joined.js";
import { type Load, loadOf } from "./load.js";
import { Lockstep, type Watch } from "./lockstep.js";

/** What a case is set up with beside itself: for tests that plant something. */
export interface Planted {
  readonly interceptors?: readonly Interceptor[];
}

/** A case that is set up: its client, its server, and the loop of its calls. */
export class Rig {
  readonly lockstep: Lockstep;
  readonly #load: Load;
  readonly #inflight: number;

  private constructor(lockstep: Lockstep, load: Load, inflight: number) {
    this.lockstep = lockstep;
    this.#load = load;
    this.#inflight = inflight;
  }

  /** Sets a case up; nothing is called yet. */
  static async of(one: Case, planted: Planted = {}): Promise<Rig> {
    const lockstep = new Lockstep();
    const { implementation, contract, message } = echoOf(one);
    const { url, connections, end, inflight } = one;
    const client = await joined(lockstep, {
      url,
      connections,
      implementation,
      contract,
      interceptors: planted.interceptors ?? [],
      // A process that has no server does not have what keeps the current call either, and its promises are cheaper.
      server: end === "client" ? { propagate: false } : {},
    });
    return new Rig(lockstep, loadOf(client, one.load, message), inflight);
  }

  /** Goes on until so many more calls have been answered, or messages of whole streams have come; gives back how many it was. Rejects where one fails. */
  async run(count: number, watch?: Watch): Promise<number> {
    const first = this.#load.done;
    if (this.#load.open === 0) {
      this.#load.stopped = false;
      this.#load.start(this.#inflight);
    }
    await this.#until(() => this.#load.done >= first + count, watch);
    return this.#load.done - first;
  }

  /** Lets the calls end that are open, and makes no more before `run`. */
  async rest(): Promise<void> {
    this.#load.stopped = true;
    await this.#until(() => this.#load.open === 0);
  }

  async #until(done: () => boolean, watch?: Watch): Promise<void> {
    const load = this.#load;
    await this.lockstep.run(() => load.failure !== undefined || done(), watch);
    if (load.failure !== undefined) throw load.failure;
  }
}
