import { asked } from "./asked.js";
import { JSON_TYPE } from "./bodies.js";

/** Calls a method by JSON-RPC over HTTP; returns the response. */
export async function jsonCall(
  address: string,
  method: string,
  params: readonly unknown[] | object = [],
): Promise<Record<string, unknown>> {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
  const { status, text } = await asked(address, { headers: JSON_TYPE, body });
  if (status !== 200) throw new Error(`The status is ${status}: ${text}`);
  return JSON.parse(text) as Record<string, unknown>; // a response
}
