import type { HeaderInit } from "../contract/call.js";
import type { Code } from "./code.js";
import { toFields } from "./fields.js";
import type { Status } from "./status.js";

/** What an RpcError can carry beside its message. */
export interface RpcErrorOptions {
  /** Plain data that callers can act on; it crosses the wire. */
  readonly details?: readonly unknown[];
  /** Trailers that go with the error. */
  readonly headers?: HeaderInit;
  /** What led to it; it never crosses the wire. */
  readonly cause?: unknown;
}

/**
 * The one error class, at both ends: thrown by a method it is the answer, at the client it is what a call rejects with.
 * Anything else that a method throws reaches the caller as `internal`, its message withheld.
 */
export class RpcError extends Error {
  override readonly name: string = "RpcError";
  readonly code: Code;
  readonly details: readonly unknown[];
  readonly headers: Headers | undefined;

  constructor(code: Code, message: string, options: RpcErrorOptions = {}) {
    super(message, "cause" in options ? { cause: options.cause } : undefined);
    this.code = code;
    this.details = options.details ?? [];
    // Headers takes every form that HeaderInit lists; its own declaration wants them writable.
    this.headers = options.headers === undefined ? undefined : new Headers(options.headers as [string, string][]);
  }

  /** An error of another copy of this package is one too: a program and the module that it loads may each have their own. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    if (this !== RpcError) return Function.prototype[Symbol.hasInstance].call(this, value);
    return typeof value === "object" && value !== null && "~callwire" in value && value["~callwire"] === "error";
  }

  /** What tells an RpcError from any other. */
  get "~callwire"(): "error" {
    return "error";
  }

  /** What crosses the wire, and what logs show: `code: message`. */
  override toString(): string {
    return `${this.code}: ${this.message}`;
  }
}

/** The error of a status that came from elsewhere. It has no stack: building one costs more than the call (and shows only callwire). */
export function errorOf(status: Status): RpcError {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  const error = new RpcError(status.code === "ok" ? "unknown" : status.code, status.message, {
    details: status.details,
    ...(status.trailers.length > 0 ? { headers: status.trailers } : {}),
  });
  Error.stackTraceLimit = limit;
  return error;
}

/** The status to send for what a method threw. Other errors than RpcError are `internal`, with their message only if `expose`. */
export function statusOf(error: unknown, expose = false): Status {
  if (error instanceof RpcError) {
    return { code: error.code, message: error.message, details: error.details, trailers: toFields(error.headers) };
  }
  const message = expose && error instanceof Error ? error.message : "The method failed. The server's log says why.";
  return { code: "internal", message, details: [], trailers: [] };
}
