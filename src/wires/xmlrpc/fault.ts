import { failure, type Status } from "../../call/status.js";
import { statusOf } from "./status.js";

/** Reads the value of a fault as an error; one of any other form than the specification's is `unknown`, with what it holds as its message. */
export function readFault(value: unknown): Status {
  if (typeof value === "object" && value !== null && "faultCode" in value && "faultString" in value) {
    // PHP's arrays turn numbers into text now and then.
    const faultCode = Number(value.faultCode);
    if (Number.isInteger(faultCode)) return statusOf({ faultCode, faultString: String(value.faultString) });
  }
  return failure("unknown", typeof value === "string" ? value : shown(value));
}

function shown(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) => (typeof member === "bigint" ? String(member) : member)) ?? "";
}
