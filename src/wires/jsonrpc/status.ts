import { type Code, CODES } from "../../call/code.js";
import { failure, type Status } from "../../call/status.js";

/**
 * The numbers of errors (JSON-RPC 2.0 §5.1; below -32800 the Language Server Protocol's), and the codes that they stand for. A code is written as the first number
 * that it has here without `read`; those that the specification has no number for are -32000 minus gRPC's.
 */
const TABLE: readonly (readonly [number: number, code: Code, only?: "read"])[] = [
  [-32700, "invalid_argument", "read"],
  [-32600, "invalid_argument", "read"],
  [-32601, "unimplemented"],
  [-32602, "invalid_argument"],
  [-32603, "internal"],
  [-32001, "canceled"],
  [-32002, "unknown"],
  [-32004, "deadline_exceeded"],
  [-32005, "not_found"],
  [-32006, "already_exists"],
  [-32007, "permission_denied"],
  [-32008, "resource_exhausted"],
  [-32009, "failed_precondition"],
  [-32010, "aborted"],
  [-32011, "out_of_range"],
  [-32014, "unavailable"],
  [-32015, "data_loss"],
  [-32016, "unauthenticated"],
  [-32800, "canceled", "read"],
  [-32801, "aborted", "read"],
];
const CODE_OF: ReadonlyMap<unknown, Code> = new Map(TABLE.map(([number, code]) => [number, code]));
const NUMBER_OF: ReadonlyMap<string, number> = new Map(
  TABLE.filter(([, , only]) => only === undefined).map(([number, code]) => [code, number]),
);

/** An error of the protocol itself: a text that is no JSON (-32700), or JSON that is no request (-32600). */
export function protocolError(number: -32700 | -32600, message: string): Status {
  return failure("invalid_argument", message, [{ jsonrpc: { code: number } }]);
}

/**
 * Writes a status as an error object, as JSON text. Details go into `data`, with the code's name. A first detail `{jsonrpc: {code, data}}` is a
 * number of the application's own, and is written as it is.
 */
export function errorJson(status: Status): string {
  const { code, message, details } = status;
  const own = ownNumber(details[0]);
  const number = own?.code ?? NUMBER_OF.get(code) ?? -32603;
  try {
    const data = own === undefined ? (details.length === 0 ? undefined : { code, details }) : own.data;
    return JSON.stringify({ code: number, message, data });
  } catch {
    // Details that are no JSON (a cycle, a bigint) must not hide the error itself.
    return JSON.stringify({ code: number, message });
  }
}

/** Reads an error object. A number that stands for no code is `unknown`, and is kept as a first detail `{jsonrpc: {code, data}}`. */
export function errorStatus(error: unknown): Status {
  if (typeof error !== "object" || error === null) return failure("unknown", `The error is ${JSON.stringify(error)}.`);
  const { code: number, message, data } = error as { code?: unknown; message?: unknown; data?: unknown }; // each is looked at
  const text = typeof message === "string" ? message : JSON.stringify(error);
  const code = CODE_OF.get(number);
  if (code !== undefined) return failure(code, text, detailsIn(data));
  if (typeof number !== "number") return failure("unknown", text, data === undefined ? [] : [data]);
  return failure("unknown", text, [{ jsonrpc: data === undefined ? { code: number } : { code: number, data } }]);
}

function ownNumber(detail: unknown): { readonly code: number; readonly data?: unknown } | undefined {
  if (typeof detail !== "object" || detail === null || !("jsonrpc" in detail)) return undefined;
  const { jsonrpc } = detail;
  if (typeof jsonrpc !== "object" || jsonrpc === null || !("code" in jsonrpc)) return undefined;
  const { code } = jsonrpc;
  if (typeof code !== "number" || !Number.isSafeInteger(code)) return undefined;
  return "data" in jsonrpc ? { code, data: jsonrpc.data } : { code };
}

/** Details as `errorJson` writes them; anything else is one detail. */
function detailsIn(data: unknown): readonly unknown[] {
  if (data === undefined) return [];
  const isOurs =
    typeof data === "object" &&
    data !== null &&
    "code" in data &&
    "details" in data &&
    Array.isArray(data.details) &&
    CODES.some((code) => code === data.code);
  return isOurs ? (data as { details: readonly unknown[] }).details : [data]; // it has been looked at
}
