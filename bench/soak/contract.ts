import { bidi, type CallOptions, type Code, type Service, clientStream, serverStream, service, unary } from "callwire";

/** A message with content. */
export interface Block<T> {
  readonly n: number;
  readonly data: T;
}

/** What is asked for: blocks that are made by a recipe, after a delay each; `target` is who else is to be asked. */
export interface Ask {
  readonly seed: number;
  readonly size: number;
  readonly plain: boolean;
  readonly count: number;
  readonly delayMs: number;
  readonly target: number;
}

/** What came of a stream. */
export interface Tally {
  readonly count: number;
  readonly sum: number;
}

/** The error that is asked for. */
export interface Fault {
  readonly code: Code;
  readonly message: string;
}

/** What clients of the services with all shapes have, whatever describes them. */
export interface Caller<T> extends AsyncDisposable {
  echo(block: Block<T>, options?: CallOptions): Promise<Block<T>>;
  make(ask: Ask, options?: CallOptions): Promise<Block<T>>;
  fail(fault: Fault, options?: CallOptions): Promise<Block<T>>;
  hang(ask: Ask, options?: CallOptions): Promise<Block<T>>;
  relay(ask: Ask, options?: CallOptions): Promise<Block<T>>;
  down(ask: Ask, options?: CallOptions): AsyncIterable<Block<T>>;
  endless(ask: Ask, options?: CallOptions): AsyncIterable<Block<T>>;
  up(blocks: AsyncIterable<Block<T>>, options?: CallOptions): Promise<Tally>;
  both(blocks: AsyncIterable<Block<T>>, options?: CallOptions): AsyncIterable<Block<T>>;
}

/** The service without protobuf, whose content is text. `soak.Blocks` has the same methods, and its content is bytes. */
export const Texts: Service = service("soak.Texts", {
  echo: unary({ noSideEffects: true }),
  make: unary(),
  fail: unary(),
  hang: unary(),
  relay: unary(),
  down: serverStream(),
  endless: serverStream(),
  up: clientStream(),
  both: bidi(),
});

/** The functions of `soak.plain`, without any contract. */
export type PlainFunctions = {
  /** Answers any value as it came. */
  readonly echo: (value: unknown) => unknown;
  /** Answers its three arguments as one list. */
  readonly join: (a: string, b: number, c: unknown) => unknown[];
};
