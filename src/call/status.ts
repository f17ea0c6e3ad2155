import type { Code } from "./code.js";
import { type Fields, NO_FIELDS } from "./fields.js";

/** How a call ended: as wires say it, without a stack. */
export interface Status {
  readonly code: Code | "ok";
  readonly message: string;
  /** Plain data about the error; empty where there is none. */
  readonly details: readonly unknown[];
  readonly trailers: Fields;
  /** There is such a method, and it is not to be called in this way: see `form` and `safe` of CallHead. Nothing has run. */
  readonly unfit?: true;
  /** There is no such method, which some wires tell from a method that answers `unimplemented`. */
  readonly absent?: true;
}

/** Success without trailers. One shared object: wires pick prebuilt bytes by its identity. */
export const OK: Status = Object.freeze({ code: "ok", message: "", details: [], trailers: NO_FIELDS });

/** Makes the status of a failure. */
export function failure(code: Code, message: string, details: readonly unknown[] = []): Status {
  return { code, message, details, trailers: NO_FIELDS };
}
