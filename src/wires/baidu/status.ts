import type { Code } from "../../call/code.js";
import { failure, type Status } from "../../call/status.js";

/**
 * The numbers of errors, and the codes that they stand for: brpc's own (src/brpc/errno.proto), and Linux's, which brpc passes on. A code is written
 * as the first number that it has here; what brpc's gRPC makes of its numbers (src/brpc/grpc.cpp) is kept.
 */
const TABLE: readonly (readonly [number: number, code: Code])[] = [
  [125, "canceled"], // ECANCELED
  [-1, "unknown"], // what brpc writes for an error without a number
  [1003, "invalid_argument"], // EREQUEST
  [22, "invalid_argument"], // EINVAL
  [1008, "deadline_exceeded"], // ERPCTIMEDOUT
  [110, "deadline_exceeded"], // ETIMEDOUT
  [2, "not_found"], // ENOENT
  [17, "already_exists"], // EEXIST
  [1, "permission_denied"], // EPERM
  [13, "permission_denied"], // EACCES
  [2004, "resource_exhausted"], // ELIMIT
  [1011, "resource_exhausted"], // EOVERCROWDED
  [12, "resource_exhausted"], // ENOMEM
  [16, "failed_precondition"], // EBUSY
  [35, "aborted"], // EDEADLK
  [34, "out_of_range"], // ERANGE
  [1002, "unimplemented"], // ENOMETHOD
  [1001, "unimplemented"], // ENOSERVICE
  [38, "unimplemented"], // ENOSYS
  [2001, "internal"], // EINTERNAL
  [2002, "internal"], // ERESPONSE
  [2003, "unavailable"], // ELOGOFF
  [1014, "unavailable"], // EEOF
  [1018, "unavailable"], // EREJECT
  [2005, "unavailable"], // ECLOSE
  [104, "unavailable"], // ECONNRESET
  [111, "unavailable"], // ECONNREFUSED
  [112, "unavailable"], // EHOSTDOWN
  [74, "data_loss"], // EBADMSG
  [1004, "unauthenticated"], // ERPCAUTH
];
const CODE_OF: ReadonlyMap<number, Code> = new Map(TABLE);
const NUMBER_OF: ReadonlyMap<string, number> = new Map(TABLE.toReversed().map(([number, code]) => [code, number]));
const INTERNAL = 2001;

/** The `error_code` of a failure. A first detail `{baidu: {code}}` is a number of the application's own, and is written as it is. */
export function errorNumber({ code, details }: Status): number {
  return ownNumber(details[0]) ?? NUMBER_OF.get(code) ?? INTERNAL;
}

/** Details as JSON text; undefined where there are none, or none that JSON can hold. */
export function detailsJson({ details }: Status): string | undefined {
  if (details.length === 0 || (details.length === 1 && ownNumber(details[0]) !== undefined)) return undefined;
  try {
    return JSON.stringify(details);
  } catch {
    // Details that are no JSON (a cycle, a bigint) must not hide the error itself.
    return undefined;
  }
}

/** Reads an error. A number that stands for no code is `unknown`, and is kept as a first detail `{baidu: {code}}`. */
export function errorStatus(number: number, text: string, details: string | undefined): Status {
  const code = CODE_OF.get(number);
  if (code === undefined) return failure("unknown", text, [{ baidu: { code: number } }]);
  return failure(code, text, detailsIn(details));
}

function detailsIn(json: string | undefined): readonly unknown[] {
  if (json === undefined) return [];
  try {
    const details: unknown = JSON.parse(json);
    return Array.isArray(details) ? details : [details];
  } catch {
    return [];
  }
}

function ownNumber(detail: unknown): number | undefined {
  if (typeof detail !== "object" || detail === null || !("baidu" in detail)) return undefined;
  const { baidu } = detail;
  if (typeof baidu !== "object" || baidu === null || !("code" in baidu)) return undefined;
  const { code } = baidu;
  return typeof code === "number" && Number.isInteger(code) && code !== 0 && code === (code | 0) ? code : undefined;
}
