import type { Method } from "./method.js";

/** A service's contract, as plain data: share the object between server and client. */
export interface Service<M extends Methods = Methods> {
  readonly name: string;
  readonly methods: M;
}

/** The methods of a service, by name. */
export type Methods = Readonly<Record<string, Method>>;

/**
 * Declares a service: its full name (`demo.Greeter`) and its methods, made by `unary`, `serverStream`, `clientStream` and `bidi`.
 * Throws a TypeError for a name that no wire could carry.
 */
export function service<const M extends Methods>(name: string, methods: M): Service<M> {
  checkName("service", name);
  for (const method of Object.keys(methods)) checkName("method", method);
  return { name, methods };
}

/**
 * Throws a TypeError where a name holds what separates names on a wire: blanks, slashes, control characters, or (a method) dots;
 * and where it would make of a client what it is not.
 */
export function checkName(kind: "service" | "method", name: string): void {
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  const wrong = kind === "service" ? /[\s/\u0000-\u001f]|^\.|\.$|\.\./u : /[\s/.\u0000-\u001f]/u;
  if (name === "" || wrong.test(name)) {
    throw new TypeError(`A ${kind} cannot be named ${JSON.stringify(name)}: give it letters, digits and underscores.`);
  }
  if (kind === "method" && (name === "then" || name === "__proto__")) {
    throw new TypeError(`A method cannot be named ${JSON.stringify(name)}, which JavaScript takes for something else.`);
  }
}
