import { type Code, CODES } from "../../call/code.js";
import { failure, type Status } from "../../call/status.js";

/** An error as XML-RPC has it: a number, and a text for people. */
export interface Fault {
  readonly faultCode: number;
  readonly faultString: string;
}

/** Code n of gRPC is this number minus n, within the range that the convention leaves to implementations. */
const OURS = -32_000;

/**
 * Numbers and codes, both ways: a code is written as its first number, and every number is read. The first rows are the convention for
 * interoperable faults (http://xmlrpc-epi.sourceforge.net/specs/rfc.fault_codes.php), whose numbers Python knows too.
 */
const TABLE: readonly (readonly [number: number, code: Code])[] = [
  [-32_601, "unimplemented"],
  [-32_602, "invalid_argument"],
  [-32_603, "internal"],
  ...CODES.flatMap((code, number) => (code === "ok" ? [] : [[OURS - number, code] as const])),
  [-32_700, "invalid_argument"],
  [-32_701, "invalid_argument"],
  [-32_702, "invalid_argument"],
  [-32_600, "invalid_argument"],
  [-32_500, "unknown"],
  [-32_400, "unavailable"],
  [-32_300, "unavailable"],
];

/** What XML forbids (XML 1.0 §2.2), and the halves of surrogate pairs that stand alone. */
const FORBIDDEN =
  // oxlint-disable-next-line no-control-regex -- the control characters are what is looked for
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ud800-\udfff\ufffe\uffff]/gu;

const CODE_OF: ReadonlyMap<number, Code> = new Map(TABLE);
/** Made from the last row to the first, so that the first number of a code stays. */
const NUMBER_OF: ReadonlyMap<string, number> = new Map(TABLE.toReversed().map(([number, code]) => [code, number]));

/**
 * Writes a status as a fault. An application's own number is the `faultCode` of the first detail; other details have no place.
 * Characters that XML forbids become U+FFFD, since an error is always to be told.
 */
export function faultOf({ code, message, details }: Status): Fault {
  const own = details.length === 0 ? undefined : faultCodeOf(details[0]);
  return { faultCode: own ?? NUMBER_OF.get(code) ?? OURS, faultString: message.replaceAll(FORBIDDEN, "\uFFFD") };
}

/** Reads a fault. A number that is not in the table is `unknown`, and kept as the detail `{ faultCode }`. */
export function statusOf({ faultCode, faultString }: Fault): Status {
  const code = CODE_OF.get(faultCode);
  return code === undefined ? failure("unknown", faultString, [{ faultCode }]) : failure(code, faultString);
}

/** A status that is written as the fault of this number. */
export function refusal(faultCode: number, message: string): Status {
  return failure(CODE_OF.get(faultCode) ?? "unknown", message, [{ faultCode }]);
}

function faultCodeOf(detail: unknown): number | undefined {
  if (typeof detail !== "object" || detail === null || !("faultCode" in detail)) return undefined;
  const { faultCode } = detail;
  // A fault's number is an <int>, of 32 bits.
  return typeof faultCode === "number" && (faultCode | 0) === faultCode ? faultCode : undefined;
}
