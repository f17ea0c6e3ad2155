import { join } from "node:path";
import type { LoadOrder, LoadState, ServerState } from "./messages.js";
import { SoakProcess } from "./soak-process.js";
import type { Places } from "./targets.js";
import type { Traits } from "./traits.js";
import { growth, left, megabytes, type Quiet } from "./verdict.js";

/** How a soak is run. */
export interface SoakOptions {
  /** The folder of the compiled soak. */
  readonly built: string;
  readonly model: string;
  readonly traits: Traits;
  readonly seed: number;
  readonly only: readonly string[];
  /** Where the server listens beside TCP: a path. */
  readonly socket: string;
  /** The certificate and the key, without their endings. */
  readonly pem: string;
  readonly say: (line: string) => void;
}

/** How often there is a line of progress. */
const PROGRESS_MS = 10_000;
/** After a round, what was open has so long to be gone. */
const QUIET_MS = 20_000;
/** Calls that are open when the server stops have so long, and it has so long more. */
const STOP_GRACE_MS = 1000;
const STOP_MS = 15_000;
const EXIT_MS = 10_000;

interface States {
  readonly server: ServerState;
  readonly load: LoadState;
}

/** A server, its load, and what is asked of both. */
export class Soak {
  readonly #options: SoakOptions;
  readonly #server: SoakProcess;
  readonly #load: SoakProcess;
  readonly #began: number = performance.now();
  readonly #quiets: { readonly server: Quiet[]; readonly load: Quiet[] } = { server: [], load: [] };
  readonly #wrong: string[] = [];
  /** So many findings have been told. */
  #told = 0;

  constructor(options: SoakOptions) {
    this.#options = options;
    const { built, model, traits, socket, pem } = options;
    this.#server = new SoakProcess(join(built, "server-process.js"), {
      what: "server",
      argument: { SOAK_MODEL: model, SOAK_WORKERS: String(traits.workers), SOAK_SOCKET: socket, SOAK_PEM: pem },
    });
    this.#load = new SoakProcess(join(built, "load-process.js"), { what: "load", argument: {} });
  }

  /** Runs it for so long. Resolves with what is wrong, in sentences. */
  async run(ms: number): Promise<readonly string[]> {
    const { traits, model, seed, only, say } = this.#options;
    const places = await this.#server.ask<Places>("places");
    say(`Model ${model}, seed ${seed}, ${places.tcp}.`);
    const order: LoadOrder = { ...traits, places, seed, only };
    await this.#load.ask("start", order);
    const before = await this.#settled("at the beginning", undefined);
    const roundMs = Math.max(4000, Math.min(25_000, ms / 24));
    for (let round = 1; performance.now() - this.#began < ms || round <= 4; round += 1) {
      await this.#round(roundMs);
      const quiet = await this.#settled(`after round ${round}`, undefined);
      for (const [name, { sample }] of Object.entries(quiet) as ["server" | "load", States["server" | "load"]][])
        this.#quiets[name].push(sample);
      if (round % 4 === 0 || ms < 100_000) this.#quiet(round, quiet);
      if (this.#wrong.length > 20) break;
    }
    await this.#load.ask("close");
    await this.#settled("at the end", before);
    for (const name of ["server", "load"] as const) {
      this.#wrong.push(...growth(name, this.#quiets[name]));
    }
    await this.#stop();
    return this.#wrong;
  }

  /** Ends both processes, whatever they do. */
  async kill(): Promise<void> {
    await Promise.all([this.#server.kill(), this.#load.kill()]);
  }

  async #round(ms: number): Promise<void> {
    const over = this.#load.ask("round", ms, ms + 180_000).then(
      () => true,
      (error: unknown) => {
        this.#wrong.push(String(error));
        throw error;
      },
    );
    for (;;) {
      let timer: NodeJS.Timeout | undefined;
      const pause = new Promise<false>((resolve) => (timer = setTimeout(() => resolve(false), PROGRESS_MS)));
      const done = await Promise.race([over, pause]);
      clearTimeout(timer);
      if (done) return;
      this.#progress(await this.#states(true));
    }
  }

  /** Waits until nothing is open but what both ends have, and says what is where that does not come. */
  async #settled(when: string, before: States | undefined): Promise<States> {
    const until = performance.now() + QUIET_MS;
    for (;;) {
      const states = await this.#states(false);
      const open = this.#open(states, before);
      if (open.length === 0) return await this.#states(true);
      if (performance.now() > until) {
        this.#wrong.push(...open.map((each) => `Open ${when}: ${each}`));
        return states;
      }
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
  }

  #open({ server, load }: States, before: States | undefined): readonly string[] {
    const { open: connections } = server.counters;
    const found: string[] = [];
    found.push(...server.running.map((each) => `nobody waits for ${each}.`));
    if (load.open.length > 0)
      found.push(`${load.open.length} calls have not settled: ${load.open.slice(0, 5).join(", ")}.`);
    if (connections > load.sample.sockets)
      found.push(`The server has ${connections} connections, and the load ${load.sample.sockets} sockets.`);
    if (before === undefined) return found;
    if (connections > 0) found.push(`The server has ${connections} connections, and all clients are closed.`);
    for (const [name, { sample }] of Object.entries({ server, load })) {
      if (name === "server" && this.#options.traits.elastic) continue;
      const was = before[name as "server" | "load"].sample; // the two names of States
      found.push(...left(name, was.handles, sample.handles), ...left(name, was.files, sample.files));
    }
    return found;
  }

  /** The server stops with calls in flight, and both processes end by themselves. */
  async #stop(): Promise<void> {
    await this.#load.ask("hold");
    const stopping = this.#server.ask<number>("stop", STOP_GRACE_MS, STOP_MS + STOP_GRACE_MS);
    const took = await stopping.catch((error: unknown) => {
      this.#wrong.push(`stop() does not resolve: ${String(error)}`);
    });
    await this.#load.ask("held", null, 120_000).catch((error: unknown) => {
      this.#wrong.push(`Calls outlive the server: ${String(error)}`);
    });
    const states = await this.#states(true);
    this.#progress(states);
    this.#account(states);
    if (took !== undefined) this.#options.say(`stop() took ${took.toFixed(0)} ms with calls in flight.`);
    for (const [name, child] of Object.entries({ server: this.#server, load: this.#load })) {
      const how = await child.end(EXIT_MS);
      if (how === undefined) this.#wrong.push(`The ${name} does not exit by itself.`);
      else if (how !== "exit 0") this.#wrong.push(`The ${name} ended with ${how}.`);
      if (child.said !== "") this.#wrong.push(`The ${name} said: ${child.said.slice(0, 3000)}`);
    }
  }

  #account({ server, load }: States): void {
    const { accounts, attacks } = load;
    const { say } = this.#options;
    const sorted = (counts: Readonly<Record<string, number>>): [string, number][] =>
      Object.entries(counts).toSorted(([, a], [, b]) => b - a);
    say(
      `Attacks: ${
        sorted(attacks)
          .map(([name, count]) => `${name} ${count}`)
          .join(", ") || "none"
      }.`,
    );
    say(
      `Expected errors: ${sorted(accounts.expected)
        .map(([kind, count]) => `${kind} ${count}`)
        .join(", ")}.`,
    );
    const slow = accounts.slowest.map(
      ([what, longest, average]) => `${what} ${longest.toFixed(0)} (${average.toFixed(0)})`,
    );
    say(`Slowest, and on average, in ms: ${slow.join(", ")}.`);
    say(`Counters: ${JSON.stringify(server.counters)}.`);
    for (const [kind, count] of sorted(server.logged).slice(0, 12)) say(`  ${count} × ${kind}`);
    if (accounts.wrong > 0) this.#wrong.push(`${accounts.wrong} calls came to something wrong.`);
    if (accounts.unanswered > 0) this.#wrong.push(`${accounts.unanswered} calls did not settle in their time.`);
    if (accounts.settled + accounts.unanswered !== accounts.started)
      this.#wrong.push(`${accounts.started} calls were made, and ${accounts.settled} settled.`);
    if (accounts.right === 0) this.#wrong.push("No call was answered.");
    this.#wrong.push(...accounts.findings, ...server.failures, ...load.failures);
  }

  #progress({ server, load }: States): void {
    const seconds = (performance.now() - this.#began) / 1000;
    const { started, right, expected, wrong, unanswered } = load.accounts;
    const errors = Object.values(expected).reduce((all, count) => all + count, 0);
    const of = ({ rss, heap, files, handles, cpu }: LoadState["sample"]): string =>
      `${cpu.toFixed(0)} s of CPU ${megabytes(rss)} heap ${megabytes(heap)} handles ${total(handles)} files ${total(files)}`;
    for (const finding of load.accounts.findings.slice(this.#told)) this.#options.say(`✗ ${finding}`);
    this.#told = load.accounts.findings.length;
    this.#options.say(
      `${seconds.toFixed(0)} s: ${started} calls, ${(started / seconds).toFixed(0)}/s, ${right} right, ${errors} expected errors, ${wrong} wrong, ${unanswered} unanswered, ${load.open.length} open; ` +
        `server ${of(server.sample)} connections ${server.counters.open}; load ${of(load.sample)}`,
    );
  }

  #quiet(round: number, { server, load }: States): void {
    const of = ({ rss, heap, files }: LoadState["sample"]): string =>
      `${megabytes(rss)} heap ${megabytes(heap)} files ${total(files)}`;
    this.#options.say(`Quiet after round ${round}: server ${of(server.sample)}; load ${of(load.sample)}`);
  }

  async #states(collected: boolean): Promise<States> {
    const [server, load] = await Promise.all([
      this.#server.ask<ServerState>("state", collected),
      this.#load.ask<LoadState>("state", collected),
    ]);
    return { server, load };
  }
}

function total(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((all, count) => all + count, 0);
}
