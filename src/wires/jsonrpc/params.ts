import type { CallHead } from "../../call/sink.js";

/**
 * Makes params of the JSON of an input (JSON-RPC 2.0 §4.2): a list of arguments and an object are what they are; any other input, a contract's array
 * too, is the only one of a list.
 */
export function paramsJson(json: string, { positional }: Pick<CallHead, "positional">): string {
  return json.startsWith("{") || (positional && json.startsWith("[")) ? json : `[${json}]`;
}
