import type { DescService } from "@bufbuild/protobuf";
import {
  type Call,
  functions,
  type Implementation,
  implement,
  type Implementor,
  RpcError,
  type Service,
} from "callwire";
import { connect } from "callwire/client";
import { setTimeout as delay } from "node:timers/promises";
import { blocksProto } from "./blocks-proto.js";
import { type Ask, type Block, type Caller, type Fault, type PlainFunctions, type Tally, Texts } from "./contract.js";
import { bytes, type Material, texts } from "./material.js";
import { UNIX_WIRES } from "./targets.js";

/** Calls whose method runs, in this thread, and since when. */
const running: Map<Call, number> = new Map();

/** The calls that have not left their method, in this thread, in words. */
export function runningCalls(): readonly string[] {
  const now = performance.now();
  return [...running].map(
    ([{ method, headers, peer, deadline, signal }, since]) =>
      `${method.path} for "${headers.get("x-wire")}" of ${peer.address}, for ${(now - since).toFixed(0)} ms, ` +
      `${deadline === undefined ? "without a deadline" : `due in ${deadline - Date.now()} ms`}${signal.aborted ? ", aborted" : ""}`,
  );
}

/** Clients inside the server that call the server itself; their connections end when they have been idle for a moment. */
const relays = new Map<string, Caller<unknown>>();
const RELAY_IDLE_MS = 1500;

/** What mutated requests may ask for at most. */
const MOST = { size: 2_000_000, count: 5000, delayMs: 1000 };

/** The methods of both services: what they answer is known to whoever asks. */
function methods<T>(material: Material<T>, callerOf: (target: number) => Caller<T>): Implementor<Service> {
  const blockOf = (ask: Ask, n: number): Block<T> => ({
    n,
    data: material.make({ seed: ask.seed + n, size: ask.size, plain: ask.plain }),
  });
  const made = {
    echo(block: Block<T>, call: Call): Block<T> {
      const asked = call.headers.get("x-soak");
      if (asked !== null) {
        call.responseHeaders.set("x-soak", asked);
        call.responseTrailers.set("x-soaked", asked);
      }
      return block;
    },
    make: (ask: Ask, call: Call): Promise<Block<T>> =>
      counted(call, async () => {
        check(ask);
        if (ask.delayMs > 0) await delay(ask.delayMs, undefined, { signal: call.signal });
        return blockOf(ask, 0);
      }),
    fail: ({ code, message }: Fault): never => {
      throw new RpcError(code, message);
    },
    hang: (_ask: Ask, call: Call): Promise<never> =>
      counted(call, async () => {
        await new Promise<void>((resolve) => {
          if (call.signal.aborted) resolve();
          call.signal.addEventListener("abort", () => resolve());
        });
        throw call.signal.reason;
      }),
    relay: (ask: Ask, call: Call): Promise<Block<T>> =>
      counted(call, async () => {
        check(ask);
        return await callerOf(ask.target).make({ ...ask, delayMs: 0 });
      }),
    async *down(ask: Ask, call: Call): AsyncGenerator<Block<T>> {
      running.set(call, performance.now());
      try {
        check(ask);
        for (let n = 0; n < ask.count; n += 1) {
          if (ask.delayMs > 0) await delay(ask.delayMs, undefined, { signal: call.signal });
          yield blockOf(ask, n);
        }
      } finally {
        running.delete(call);
      }
    },
    async *endless(ask: Ask, call: Call): AsyncGenerator<Block<T>> {
      running.set(call, performance.now());
      try {
        check(ask);
        for (let n = 0; ; n += 1) yield blockOf(ask, n);
      } finally {
        running.delete(call);
      }
    },
    up: (blocks: AsyncIterable<Block<T>>, call: Call): Promise<Tally> =>
      counted(call, async () => {
        let [count, sum] = [0, 0];
        for await (const { data } of blocks) {
          count += 1;
          sum = (sum + material.sum(data)) | 0;
        }
        return { count, sum };
      }),
    async *both(blocks: AsyncIterable<Block<T>>, call: Call): AsyncGenerator<Block<T>> {
      running.set(call, performance.now());
      try {
        yield* blocks;
      } finally {
        running.delete(call);
      }
    },
  };
  // What each takes is known to both contracts, and not to their types.
  return made as unknown as Implementor<Service>;
}

async function counted<T>(call: Call, method: () => Promise<T>): Promise<T> {
  running.set(call, performance.now());
  try {
    return await method();
  } finally {
    running.delete(call);
  }
}

function check(ask: Ask): void {
  const { size, count, delayMs } = ask;
  const fits = [size <= MOST.size, count <= MOST.count, delayMs <= MOST.delayMs, size >= 0, delayMs >= 0];
  if (!fits.every(Boolean)) throw new RpcError("invalid_argument", `Nobody asks for ${JSON.stringify(ask)}.`);
}

function relayTo(contract: Service | DescService, target: number): unknown {
  const wire = UNIX_WIRES[target % UNIX_WIRES.length] ?? "frame";
  const url = `${wire}+unix://${process.env["SOAK_SOCKET"] ?? ""}`;
  const key = `${"name" in contract ? contract.name : ""} ${url}`;
  let client = relays.get(key);
  if (client === undefined) {
    // The contract says what a Caller has.
    client = connect(contract, url, { idleConnectionTimeoutMs: RELAY_IDLE_MS }) as unknown as Caller<unknown>;
    relays.set(key, client);
  }
  return client;
}

const blocks = blocksProto();
const textRelay = (target: number): Caller<string> => relayTo(Texts, target) as Caller<string>; // the content of Texts
const blockRelay = (target: number): Caller<Uint8Array> => relayTo(blocks, target) as Caller<Uint8Array>; // that of Blocks

const plain: PlainFunctions = { echo: (value) => value, join: (a, b, c) => [a, b, c] };

/** All that is served. The methods are those of Caller, which both contracts describe. */
export const services: readonly Implementation[] = [
  implement(Texts, methods(texts, textRelay)),
  implement(blocks, methods(bytes, blockRelay) as Implementor<DescService>), // as methods() says
  functions("soak.plain", plain),
];

/** Says so where calls are still open when all has ended. */
export async function teardown(): Promise<void> {
  await Promise.all([...relays.values()].map((client) => client[Symbol.asyncDispose]()));
  const open = runningCalls();
  if (open.length > 0) process.stderr.write(`soak: open in process ${process.pid} at its end: ${open.join("; ")}.\n`);
}
