import type { Body } from "../call/sink.js";

/** Deeper than any message may be: what goes on is taken for a cycle. */
const DEEPEST = 200;

/**
 * A body as it can be handed to another thread and still means the same. Bytes are copied, since they are lent. Plain data goes as it is; what
 * only its own thread can read (a class with `toJSON`, a Buffer, a function) becomes what JSON makes of it, as it would on most wires.
 * Throws what JSON throws.
 */
export function plainBody(body: Body): Body {
  if (typeof body !== "object" || body === null) {
    if (typeof body !== "function" && typeof body !== "symbol") return body;
    throw new TypeError("it is a function or a symbol");
  }
  if (Object.getPrototypeOf(body) === Uint8Array.prototype) return new Uint8Array(body as Uint8Array); // its prototype says so
  return isPlain(body, 0) ? body : jsonBody(body);
}

/** A body as JSON has it, which can be handed to any thread. Throws what JSON throws. */
export function jsonBody(body: Body): Body {
  const json = JSON.stringify(body) as string | undefined; // undefined for what JSON cannot hold, whatever its declaration says
  if (json === undefined) throw new TypeError("it is a function or a symbol");
  return JSON.parse(json);
}

function isPlain(value: unknown, depth: number): boolean {
  if (typeof value !== "object" || value === null) return typeof value !== "function" && typeof value !== "symbol";
  if (depth > DEEPEST) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (Array.isArray(value)) return prototype === Array.prototype && value.every((each) => isPlain(each, depth + 1));
  if (prototype === Object.prototype || prototype === null) {
    // An object's own properties, whatever they are.
    const members = value as Record<string, unknown>;
    for (const name in members) if (!isPlain(members[name], depth + 1)) return false;
    return true;
  }
  return prototype === Date.prototype || prototype === Uint8Array.prototype;
}
