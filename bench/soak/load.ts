import { type Either, open, type Open } from "./clients.js";
import { type Kind, KINDS } from "./calls.js";
import { RpcError } from "callwire/client";
import { FlakyProxy } from "./flaky-proxy.js";
import { ATTACKS } from "./hostile.js";
import { Ledger, type Outcome, said } from "./ledger.js";
import type { LoadOrder, LoadState } from "./messages.js";
import { oneOf, type Pick, random } from "./random.js";
import { type Conversation, record } from "./record.js";
import { type Target, TARGETS } from "./targets.js";

/** A call on a good connection has so long, on a machine that may be busy. */
const STEADY_MS = 60_000;
/** Disposing of a client takes no time, even where its connections hang. */
const DISPOSE_MS = 5000;
/** How calls end whose connection is lost, or hangs. */
const LOSSES: readonly string[] = ["unavailable", "deadline_exceeded"];

/** How a call is made: with what deadline, and whether its connection may be lost. */
interface Manner {
  readonly timeoutMs?: number;
  readonly lossy?: boolean;
}

/** All traffic: clients that live as long as the load, or a round, or a few calls; connections that fail; peers that mean harm. */
export class Load {
  readonly #order: LoadOrder;
  readonly #targets: readonly Target[];
  readonly #conversations: readonly Conversation[];
  readonly #ledger: Ledger = new Ledger();
  readonly #attacks: Map<string, number> = new Map();
  readonly #veterans: readonly Either[];
  #rounds = 0;
  #holding: Promise<unknown> = Promise.resolve();

  private constructor(order: LoadOrder, conversations: readonly Conversation[]) {
    this.#order = order;
    this.#conversations = conversations;
    this.#targets = chosen(order);
    this.#veterans = order.brief ? [] : this.#clients(this.#targets.filter(({ shares }) => shares));
  }

  /** Records what clients say, for those who mean harm, and is ready then. */
  static async start(order: LoadOrder): Promise<Load> {
    // Whoever is called, harm comes in every language.
    return new Load(order, await record(TARGETS, order.places));
  }

  /** Traffic for so long. Resolves when all calls have settled, and all that was opened is closed again. */
  async round(ms: number): Promise<void> {
    const { steady, flaky, hostile, brief } = this.#order;
    const round = (this.#rounds += 1);
    const controller = new AbortController();
    const clients = brief ? [] : [...this.#veterans, ...this.#clients(this.#targets)];
    const actors = (count: number, act: (pick: Pick) => Promise<void>): Promise<void>[] =>
      Array.from({ length: count }, async (_, i) => {
        const pick = random(this.#order.seed + round * 1009 + i * 31 + act.name.length * 7);
        while (!controller.signal.aborted) await act(pick);
      });
    const timer = setTimeout(() => controller.abort(), ms);
    await Promise.all([
      ...actors(steady, (pick) => this.#steady(clients, pick)),
      ...actors(flaky, (pick) => this.#flaky(pick)),
      ...actors(hostile, (pick) => this.#hostile(pick, controller.signal)),
    ]);
    clearTimeout(timer);
    const own = clients.filter((client) => !this.#veterans.includes(client));
    await Promise.all(own.map((client) => this.#dispose(client)));
  }

  /** Closes what is left. */
  async close(): Promise<void> {
    await Promise.all(this.#veterans.map((client) => this.#dispose(client)));
  }

  /** Has calls in flight on every target, which do not end by themselves: the server is to stop with them open. */
  async hold(): Promise<void> {
    const pick = random(this.#order.seed);
    const targets = this.#order.brief ? this.#targets.slice(0, 2) : this.#targets;
    const clients = targets.map((target) => this.#client(target, pick));
    const calls = clients.map((client) => this.#held(client));
    this.#holding = Promise.all(calls).then(() => Promise.all(clients.map((client) => this.#dispose(client))));
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }

  /** Resolves when they have all ended. */
  async held(): Promise<void> {
    await this.#holding;
  }

  state(): Omit<LoadState, "sample" | "failures"> {
    return {
      accounts: this.#ledger.accounts(),
      open: this.#ledger.open,
      attacks: Object.fromEntries(this.#attacks),
    };
  }

  #clients(targets: readonly Target[]): Either[] {
    const { places } = this.#order;
    return targets.flatMap((target) =>
      (["texts", "blocks"] as const).map((service) => open(target, { places, service })),
    );
  }

  #client(target: Target, pick: Pick, place?: string): Either {
    const { places, brief } = this.#order;
    const service = pick(2) === 0 ? "texts" : "blocks";
    return open(target, { places, place, service, connections: brief ? 1 : undefined });
  }

  async #steady(clients: readonly Either[], pick: Pick): Promise<void> {
    const fresh = clients.length === 0 || pick(12) === 0;
    const client = fresh ? this.#client(oneOf(this.#targets, pick), pick) : oneOf(clients, pick);
    const calls = Array.from({ length: this.#order.brief ? 1 : 1 + pick(4) }, () => this.#call(client, pick, {}));
    if (fresh && pick(4) === 0) {
      // Calls that are open when their client is closed end as canceled, or have been answered.
      await new Promise((resolve) => setTimeout(resolve, pick(10)));
    } else await Promise.all(calls);
    if (fresh) await this.#dispose(client);
    await Promise.all(calls);
  }

  async #flaky(pick: Pick): Promise<void> {
    const target = oneOf(
      this.#targets.filter(({ at }) => at !== "unix"),
      pick,
    );
    const port = Number(this.#order.places[target.at].split(":")[1]);
    const proxy = await FlakyProxy.start({ port, pick });
    const client = this.#client(target, pick, proxy.place);
    for (let n = pick(3); n >= 0; n -= 1) {
      const making = { timeoutMs: 300 + pick(2500), lossy: true };
      const calls = this.#order.brief ? 1 : 1 + pick(5);
      await Promise.all(Array.from({ length: calls }, () => this.#call(client, pick, making)));
    }
    await this.#dispose(client);
    await proxy.stop();
  }

  async #hostile(pick: Pick, signal: AbortSignal): Promise<void> {
    const { places } = this.#order;
    const ports = { tcp: Number(places.tcp.split(":")[1]), tls: Number(places.tls.split(":")[1]) };
    const [name, attack] = oneOf(Object.entries(ATTACKS), pick);
    this.#attacks.set(name, (this.#attacks.get(name) ?? 0) + 1);
    await attack({ conversations: this.#conversations, pick, ports, signal });
  }

  /** One call of any kind. */
  async #call(client: Either, pick: Pick, how: Manner): Promise<void> {
    const { timeoutMs = STEADY_MS, lossy = false } = how;
    const kind = someKind(client.target, { pick, relays: !this.#order.brief });
    if (kind.alone === true && !lossy) {
      await this.#alone(client.target, kind, pick);
      return;
    }
    await this.#made(client, kind, { pick, timeoutMs, lossy });
  }

  async #alone(target: Target, kind: Kind, pick: Pick): Promise<void> {
    const client = this.#client(target, pick);
    await this.#made(client, kind, { pick, timeoutMs: STEADY_MS, lossy: false });
    await this.#dispose(client);
  }

  async #made(client: Either, kind: Kind, how: Required<Manner> & { readonly pick: Pick }): Promise<void> {
    const { pick, timeoutMs, lossy } = how;
    // One of both, whichever it is.
    const { caller, material, target, plain } = client as Open<unknown>;
    const what = `${lossy ? "flaky " : ""}${target.name} ${kind.name}`;
    const making = {
      caller,
      material,
      plain,
      pick: random(pick(2 ** 32)),
      options: { timeoutMs, headers: { "x-wire": what } },
      most: lossy ? 400_000 : 2_000_000,
    };
    await this.#ledger.run(what, timeoutMs, async () => {
      try {
        const outcome = await kind.run(making);
        return typeof outcome === "object" && "expected" in outcome
          ? { expected: `${kind.name}: ${outcome.expected}` }
          : outcome;
      } catch (error) {
        return this.#judged(error, { lossy, closed: this.#closed.has(client) });
      }
    });
  }

  readonly #closed: WeakSet<Either> = new WeakSet();

  #judged(error: unknown, { lossy, closed }: { readonly lossy: boolean; readonly closed: boolean }): Outcome {
    if (!(error instanceof RpcError)) throw error;
    if (closed && error.code === "canceled") return { expected: "closed: canceled" };
    if (lossy && LOSSES.includes(error.code)) return { expected: `lost: ${error.code}` };
    return { wrong: `nobody expected ${said(error)}` };
  }

  async #held(client: Either): Promise<void> {
    // One of both, whichever it is.
    const { caller, target } = client as Open<unknown>;
    const ask = { seed: 1, size: 10, plain: true, count: 5000, delayMs: 1000, target: 0 };
    await this.#ledger.run(`${target.name} held`, STEADY_MS, async () => {
      try {
        await caller.hang(ask, { timeoutMs: STEADY_MS });
      } catch (error) {
        if (error instanceof RpcError && error.code === "unavailable") return { expected: "stopped: unavailable" };
        throw error;
      }
      return { wrong: "a call that hangs was answered" };
    });
  }

  async #dispose(client: Either): Promise<void> {
    this.#closed.add(client);
    await this.#ledger.run(`${client.target.name} dispose`, DISPOSE_MS, async () => {
      await client.caller[Symbol.asyncDispose]();
      return "right";
    });
  }
}

function chosen({ only }: LoadOrder): readonly Target[] {
  const found = TARGETS.filter(({ name }) => only.length === 0 || only.some((each) => name.startsWith(each)));
  if (found.length === 0) throw new Error(`No wire is called "${only.join('", "')}".`);
  return found;
}

function someKind(target: Target, { pick, relays }: { readonly pick: Pick; readonly relays: boolean }): Kind {
  const kinds = KINDS.filter(({ shape, name }) => target.shapes.includes(shape) && (relays || name !== "relay"));
  let place = pick(kinds.reduce((all, { weight }) => all + weight, 0));
  for (const kind of kinds) {
    if (place < kind.weight) return kind;
    place -= kind.weight;
  }
  return oneOf(kinds, pick);
}
