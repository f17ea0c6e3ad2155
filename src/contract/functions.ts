import type { Call } from "./call.js";
import type { Implementation } from "./implement.js";
import type { Method } from "./method.js";
import { checkName, type Service } from "./service.js";

/** Plain functions by name; `this` inside them is the call. */
export type PlainFunctions = Readonly<Record<string, (this: Call, ...args: never[]) => unknown>>;

/** A service made of plain functions. `F` carries their types to a client that imports nothing but the type. */
export interface FunctionService<F extends PlainFunctions = PlainFunctions> extends Implementation {
  readonly "~functions"?: F | undefined;
}

/** What can be said of plain functions beside their code. */
export interface FunctionsOptions<K extends string> {
  /** The name that a function's answers carry on wires which name them: `{ ping: "pong" }`. */
  readonly out?: Readonly<Partial<Record<K, string>>>;
  /** The names of a function's arguments, in order, by which callers may give them where the wire can (JSON-RPC): `{ subtract: ["minuend", "subtrahend"] }`. */
  readonly params?: Readonly<Partial<Record<K, readonly string[]>>>;
  /** One or two sentences about a function, shown by introspection. */
  readonly doc?: Readonly<Partial<Record<K, string>>>;
  /** The functions that change nothing, so that they may be called by HTTP's GET (Connect), and cached. */
  readonly noSideEffects?: readonly K[];
}

/**
 * Makes a service of plain functions: no schema, no code generation. Their arguments are taken by position, as they come, and are
 * not validated. Inside a function written with `function` or as a method, `this` is the call.
 * Throws a TypeError for a generator: streams need a contract.
 */
export function functions<const F extends PlainFunctions>(
  name: string,
  fns: F & ThisType<Call>,
  options: FunctionsOptions<keyof F & string> = {},
): FunctionService<F> {
  const methods: Record<string, Method> = {};
  const out: Readonly<Record<string, string | undefined>> = options.out ?? {};
  const params: Readonly<Record<string, readonly string[] | undefined>> = options.params ?? {};
  const doc: Readonly<Record<string, string | undefined>> = options.doc ?? {};
  const safe: readonly string[] = options.noSideEffects ?? [];
  for (const [key, fn] of Object.entries(fns)) {
    checkName("method", key);
    if (fn.constructor.name.endsWith("GeneratorFunction")) {
      throw new TypeError(
        `Function ${key} of ${name} is a generator: declare it in a service() with serverStream() instead.`,
      );
    }
    methods[key] = {
      shape: "unary",
      positional: true,
      out: out[key],
      params: params[key],
      doc: doc[key],
      noSideEffects: safe.includes(key) ? true : undefined,
    };
  }
  const service: Service = { name, methods };
  checkName("service", name);
  return { "~callwire": "implementation", service, target: fns };
}
