import type { Shape } from "../contract/call.js";
import type { Implementation } from "../contract/implement.js";
import { commentOf } from "../contract/proto-comment.js";
import { messageSchema } from "../contract/proto-schema.js";
import type { Schema } from "../contract/schema.js";

/** The full name of the built-in service that tells what a server offers. */
export const INTROSPECTION = "callwire.Introspection";

/** What introspection says of a service. */
export interface ServiceInfo {
  readonly name: string;
  readonly methods: readonly MethodDescription[];
}

/** What introspection says of a method; schemas are JSON Schema (2020-12), where the validator can tell. */
export interface MethodDescription {
  readonly name: string;
  readonly shape: Shape;
  /** It takes a list of arguments, not one input. */
  readonly positional?: true;
  /** The names of its arguments, where they are known. */
  readonly params?: readonly string[];
  readonly out?: string;
  readonly doc?: string;
  readonly input?: unknown;
  readonly output?: unknown;
}

/** Makes the built-in service `callwire.Introspection`: `services()` lists all, `service(name)` one. It lists itself last. */
export function introspection(implementations: readonly Implementation[]): Implementation {
  // Made when it is first asked for: no caller makes the server work through all schemas again.
  let services: readonly ServiceInfo[] | undefined;
  const own: Implementation = {
    "~callwire": "implementation",
    service: {
      name: INTROSPECTION,
      methods: {
        services: { shape: "unary", positional: true, doc: "Lists every service with its methods and their schemas." },
      },
    },
    target: { services: () => (services ??= [...implementations, own].map(describe)) },
  };
  return own;
}

function describe({ service }: Implementation): ServiceInfo {
  const methods = Object.entries(service.methods).map(([key, method]): MethodDescription => {
    const { name = key, input: sent, output: answered } = method.proto ?? {};
    const input = sent === undefined ? jsonSchema(method.input, "input") : messageSchema(sent);
    const output = answered === undefined ? jsonSchema(method.output, "input") : messageSchema(answered);
    const doc = method.doc ?? (method.proto && commentOf(method.proto));
    return {
      name,
      shape: method.shape,
      ...(method.positional === true ? { positional: true } : {}),
      ...(method.params === undefined ? {} : { params: method.params }),
      ...(method.out === undefined ? {} : { out: method.out }),
      ...(doc === undefined ? {} : { doc }),
      ...(input === undefined ? {} : { input }),
      ...(output === undefined ? {} : { output }),
    };
  });
  return { name: service.name, methods };
}

/** The extension of Standard Schema by which validators give JSON Schema (https://standardschema.dev/json-schema). */
interface WithJsonSchema {
  readonly jsonSchema?: { readonly input?: (options: { target: string }) => unknown };
}

/** The JSON Schema of what a validator takes; undefined where it cannot tell (a transform, a date, an older validator). */
function jsonSchema(schema: Schema | undefined, side: "input"): unknown {
  // An optional extension, so it may be missing.
  const standard = schema?.["~standard"] as WithJsonSchema | undefined;
  try {
    return standard?.jsonSchema?.[side]?.({ target: "draft-2020-12" });
  } catch {
    return undefined;
  }
}
