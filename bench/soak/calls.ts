import type { CallOptions, Code, Shape } from "callwire";
import { RpcError } from "callwire/client";
import type { Ask, Block, Caller } from "./contract.js";
import { type Outcome, said } from "./ledger.js";
import type { Material } from "./material.js";
import type { PlainCaller } from "./clients.js";
import { withOptions } from "callwire/client";
import { oneOf, type Pick as Choose, someSize } from "./random.js";

/** What a call is made with. */
export interface Making<T> {
  readonly caller: Caller<T>;
  readonly material: Material<T>;
  readonly plain: () => PlainCaller;
  readonly pick: Choose;
  /** The call's deadline, and its header. */
  readonly options: CallOptions;
  /** The largest message, in the units of the material. */
  readonly most: number;
}

/** One kind of call, and what it has to come to. Throws what the call throws. */
export interface Kind {
  readonly name: string;
  readonly shape: Shape;
  /** How often, beside the others. */
  readonly weight: number;
  /** It costs the connection on some wires, so it has one of its own. */
  readonly alone?: true;
  readonly run: <T>(making: Making<T>) => Promise<Outcome>;
}

const CODES: readonly Code[] = ["not_found", "aborted", "invalid_argument", "internal", "data_loss", "unauthenticated"];

/** So long at the most a call hangs for which nobody waits. */
const HANG_MS = 10_000;

function ask({ pick, most }: Pick<Making<never>, "pick" | "most">, parts: Partial<Ask> = {}): Ask {
  const size = someSize(pick, most);
  return { seed: 1 + pick(1_000_000), size, plain: pick(2) === 0, count: 1, delayMs: 0, target: 0, ...parts };
}

function block<T>(making: Making<T>, asked: Ask, n: number): Block<T> {
  return { n, data: making.material.make({ seed: asked.seed + n, size: asked.size, plain: asked.plain }) };
}

/** Whether an answer is the one. */
function judged<T>({ material }: Making<T>, came: Block<T>, right: Block<T>): Outcome {
  const { n, data } = came;
  if (n === right.n && material.same(data, right.data)) return "right";
  return {
    wrong: `the answer ${n} of ${lengthOf(material, data)} came for ${right.n} of ${material.size(right.data)}`,
  };
}

function lengthOf<T>(material: Material<T>, data: T): string {
  try {
    return String(material.size(data));
  } catch {
    return typeof data;
  }
}

/** A stream's input, by and by; notes whether it was given back. */
async function* input<T>(blocks: readonly Block<T>[], noted: { over: boolean }): AsyncGenerator<Block<T>> {
  try {
    for (const each of blocks) {
      if (each.n % 3 === 1) await new Promise(setImmediate);
      yield each;
    }
  } finally {
    noted.over = true;
  }
}

function several<T>(making: Making<T>): Block<T>[] {
  const asked = ask(making);
  const count = asked.size > 20_000 ? 1 + making.pick(4) : making.pick(40);
  return Array.from({ length: count }, (_, n) => block(making, asked, n));
}

async function readAll<T>(
  making: Making<T>,
  stream: AsyncIterable<Block<T>>,
  right: (n: number) => Block<T>,
): Promise<Outcome | number> {
  let n = 0;
  for await (const came of stream) {
    const outcome = judged(making, came, right(n));
    if (outcome !== "right") return outcome;
    n += 1;
  }
  return n;
}

/** Resolves as what a call that was given up, or had no time, came to: `code` or the right answer. */
async function ended(call: Promise<Outcome>, code: Code): Promise<Outcome> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof RpcError && error.code === code) return { expected: code };
    throw error;
  }
}

async function echo<T>(making: Making<T>, options: CallOptions): Promise<Outcome> {
  const sent = block(making, ask(making), making.pick(100));
  return judged(making, await making.caller.echo(sent, options), sent);
}

async function down<T>(making: Making<T>, options: CallOptions, delayMs: number): Promise<Outcome> {
  const asked = ask(making, { delayMs });
  const wanted = { ...asked, count: asked.size > 20_000 ? making.pick(4) : making.pick(delayMs > 0 ? 10 : 100) };
  const outcome = await readAll(making, making.caller.down(wanted, options), (n) => block(making, wanted, n));
  if (typeof outcome !== "number") return outcome;
  return outcome === wanted.count ? "right" : { wrong: `${outcome} messages came of ${wanted.count}` };
}

async function up<T>(making: Making<T>, options: CallOptions): Promise<Outcome> {
  const blocks = several(making);
  const noted = { over: false };
  const { count, sum } = await making.caller.up(input(blocks, noted), options);
  const right = blocks.reduce((all, { data }) => (all + making.material.sum(data)) | 0, 0);
  if (count === blocks.length && sum === right) return "right";
  return { wrong: `${count} messages with the sum ${sum} arrived, of ${blocks.length} with ${right}` };
}

async function both<T>(making: Making<T>, options: CallOptions): Promise<Outcome> {
  const blocks = several(making);
  const noted = { over: false };
  const first = blocks[0] ?? block(making, ask(making), 0);
  const stream = making.caller.both(input(blocks, noted), options);
  const outcome = await readAll(making, stream, (n) => blocks[n] ?? first);
  if (typeof outcome !== "number") return outcome;
  return outcome === blocks.length ? "right" : { wrong: `${outcome} messages came of ${blocks.length}` };
}

/** Any of the right calls, in a hurry or with a signal. */
function some<T>(making: Making<T>, shape: Shape, options: CallOptions): Promise<Outcome> {
  if (shape === "serverStream") return down(making, options, making.pick(3));
  if (shape === "clientStream") return up(making, options);
  if (shape === "bidi") return both(making, options);
  if (making.pick(2) === 0) return echo(making, options);
  // Not every wire can tell a server that has not answered yet: then the deadline does.
  const timeoutMs = Math.min(options.timeoutMs ?? HANG_MS, HANG_MS);
  return making.caller
    .hang(ask(making), { ...options, timeoutMs })
    .then(() => ({ wrong: "a call that hangs was answered" }));
}

/** Gives a call up at a random moment, which may be before it is made or after it has ended. */
async function cancelled<T>(making: Making<T>, shape: Shape): Promise<Outcome> {
  const controller = new AbortController();
  const { pick, options } = making;
  const timer = pick(5) === 0 ? undefined : setTimeout(() => controller.abort(), pick(40));
  if (timer === undefined) setImmediate(() => controller.abort());
  return await ended(some(making, shape, { ...options, signal: controller.signal }), "canceled");
}

const outOfTime = <T>(making: Making<T>, shape: Shape): Promise<Outcome> =>
  ended(some(making, shape, { ...making.options, timeoutMs: 1 + making.pick(60) }), "deadline_exceeded");

const KEYS: readonly string[] = ["a", "größe", "with space", "constructor", "x-1", "0"];

/** Any value that all wires can say, some levels deep. */
function someValue(pick: Choose, levels: number): unknown {
  const kind = pick(levels > 0 ? 8 : 6);
  if (kind === 0) return pick(2) === 0;
  if (kind === 1) return pick(2 ** 31) - pick(2 ** 31);
  if (kind === 2) return pick(1e9) / 1024;
  if (kind === 3) return null;
  if (kind < 6) return `${'<&]]>é😀\n\t"'.slice(pick(7))}${pick(1e6)}`.repeat(pick(4));
  const values = Array.from({ length: pick(5) }, () => someValue(pick, levels - 1));
  return kind === 6 ? values : Object.fromEntries(values.map((value) => [oneOf(KEYS, pick), value]));
}

/** All kinds of calls. */
export const KINDS: readonly Kind[] = [
  { name: "echo", shape: "unary", weight: 30, run: (making) => echo(making, making.options) },
  {
    name: "make",
    shape: "unary",
    weight: 10,
    async run(making) {
      const asked = ask(making, { delayMs: making.pick(20) });
      return judged(making, await making.caller.make(asked, making.options), block(making, asked, 0));
    },
  },
  {
    name: "fail",
    shape: "unary",
    weight: 6,
    async run(making) {
      const fault = { code: oneOf(CODES, making.pick), message: `No ${making.pick(1000)} % größer\nthan that.` };
      try {
        await making.caller.fail(fault, making.options);
      } catch (error) {
        if (error instanceof RpcError && error.code === fault.code && error.message === fault.message)
          return { expected: "asked for" };
        throw error;
      }
      return { wrong: "a call that fails was answered" };
    },
  },
  {
    name: "headers",
    shape: "unary",
    weight: 4,
    async run(making) {
      const value = `${making.pick(1e9)}`.repeat(1 + making.pick(60));
      let heard: string | null | undefined;
      const sent = block(making, ask({ ...making, most: 300 }), 0);
      const came = await making.caller.echo(sent, {
        ...making.options,
        headers: { "x-soak": value },
        onHeader: (headers) => (heard = headers.get("x-soak")),
      });
      if (heard !== value) return { wrong: `the header ${String(heard).slice(0, 40)} came for ${value.slice(0, 40)}` };
      return judged(making, came, sent);
    },
  },
  {
    name: "large headers",
    shape: "unary",
    weight: 1,
    alone: true,
    async run(making) {
      const headers = { "x-large": "y".repeat(17_000 + making.pick(60_000)) };
      try {
        await making.caller.echo(block(making, ask({ ...making, most: 300 }), 0), {
          ...making.options,
          headers,
        });
      } catch (error) {
        if (error instanceof RpcError) return { expected: error.code };
        throw error;
      }
      return { wrong: "headers beyond the limit were taken" };
    },
  },
  {
    name: "values",
    shape: "unary",
    weight: 3,
    async run(making) {
      const caller = making.plain();
      const args = ["ü", making.pick(1000), someValue(making.pick, 4)] as const;
      const options = making.options;
      try {
        const [echoed, joined] = await Promise.all([
          withOptions(caller, options).echo(args[2]),
          withOptions(caller, options).join(...args),
        ]);
        const came = JSON.stringify([echoed, joined]);
        const right = JSON.stringify([args[2], args]);
        return came === right ? "right" : { wrong: `${came.slice(0, 200)} came for ${right.slice(0, 200)}` };
      } finally {
        await caller[Symbol.asyncDispose]();
      }
    },
  },
  {
    name: "relay",
    shape: "unary",
    weight: 5,
    async run(making) {
      const asked = ask(making, { target: making.pick(1000) });
      return judged(making, await making.caller.relay(asked, making.options), block(making, asked, 0));
    },
  },
  {
    name: "down",
    shape: "serverStream",
    weight: 10,
    run: (making) => down(making, making.options, making.pick(4) === 0 ? making.pick(5) : 0),
  },
  { name: "up", shape: "clientStream", weight: 8, run: (making) => up(making, making.options) },
  { name: "both", shape: "bidi", weight: 8, run: (making) => both(making, making.options) },
  {
    name: "leave",
    shape: "serverStream",
    weight: 6,
    async run(making) {
      const asked = ask({ ...making, most: 20_000 });
      const stay = making.pick(30);
      let n = 0;
      for await (const came of making.caller.endless(asked, making.options)) {
        const outcome = judged(making, came, block(making, asked, n));
        if (outcome !== "right") return outcome;
        n += 1;
        if (n > stay) return "right";
      }
      return { wrong: `a stream without end ended after ${n} messages` };
    },
  },
  {
    name: "leave both",
    shape: "bidi",
    weight: 4,
    async run(making) {
      const blocks = [...several(making), block(making, ask(making), 0)];
      const noted = { over: false };
      for await (const came of making.caller.both(input(blocks, noted), making.options)) {
        const outcome = judged(making, came, blocks[0] ?? came);
        if (outcome !== "right") return outcome;
        break;
      }
      for (let wait = 0; wait < 200 && !noted.over; wait += 1) await new Promise((resolve) => setTimeout(resolve, 10));
      return noted.over ? "right" : { wrong: "the input of a stream that was left was not given back" };
    },
  },
  {
    name: "broken input",
    shape: "clientStream",
    weight: 2,
    async run(making) {
      const broken = new Error("The input broke.");
      const blocks = several(making);
      const breaking = async function* (): AsyncGenerator<Block<unknown>> {
        yield* blocks;
        throw broken;
      };
      try {
        // What is made of blocks of T.
        await making.caller.up(breaking() as AsyncGenerator<never>, making.options);
      } catch (error) {
        if (error === broken) return { expected: "its own error" };
        if (error instanceof RpcError) return { expected: error.code };
        return { wrong: said(error) };
      }
      return { wrong: "a call with a broken input was answered" };
    },
  },
  ...(["unary", "serverStream", "clientStream", "bidi"] as const).flatMap((shape): Kind[] => [
    { name: `cancel ${shape}`, shape, weight: 3, run: (making) => cancelled(making, shape) },
    { name: `timeout ${shape}`, shape, weight: 2, run: (making) => outOfTime(making, shape) },
  ]),
];
