import { OK } from "../../call/status.js";
import type { Batching } from "../wire.js";
import { readFault } from "./fault.js";

/** Many calls as one of `system.multicall`. Servers answer each with a list of one; some leave the list out, and answer the bare value. */
export const joinedCalls: Batching = {
  path: "system.multicall",
  join: (calls) => [
    calls.map(({ path, positional, body }) => ({
      methodName: path.replaceAll("/", "."),
      params: positional ? body : body === undefined ? [] : [body],
    })),
  ],
  split(answer, count) {
    if (!Array.isArray(answer) || answer.length !== count) return undefined;
    return answer.map((result: unknown) => {
      if (Array.isArray(result) && result.length === 1) {
        const [body]: readonly unknown[] = result;
        return { status: OK, body };
      }
      return isFault(result) ? { status: readFault(result) } : { status: OK, body: result };
    });
  },
};

/** Only a fault has these two members and no other. */
function isFault(result: unknown): boolean {
  return (
    typeof result === "object" &&
    result !== null &&
    Object.keys(result).length === 2 &&
    "faultCode" in result &&
    "faultString" in result
  );
}
