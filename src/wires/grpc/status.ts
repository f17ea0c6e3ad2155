import { CODES, type Code } from "../../call/code.js";
import { type Fields, NO_FIELDS } from "../../call/fields.js";
import { failure, OK, type Status } from "../../call/status.js";
import { readDetails, writeDetails } from "./details.js";
import { percentDecoded, percentEncoded } from "./percent.js";

/** Fields that say how a call ended, and are no trailers of its own. */
const OWN: ReadonlySet<string> = new Set(["grpc-status", "grpc-message", "grpc-status-details-bin"]);
const SUCCESS: Fields = [["grpc-status", "0"]];

/** What HTTP's statuses mean where a server speaks no gRPC (https://github.com/grpc/grpc/blob/master/doc/http-grpc-status-mapping.md). */
const HTTP: Readonly<Record<number, Code>> = {
  400: "internal",
  401: "unauthenticated",
  403: "permission_denied",
  404: "unimplemented",
  429: "unavailable",
  502: "unavailable",
  503: "unavailable",
  504: "unavailable",
};

/** Writes how a call ended as trailers. Success without trailers is one shared object. */
export function statusFields(status: Status): Fields {
  const { code, message, details, trailers } = status;
  if (code === "ok") return trailers.length === 0 ? SUCCESS : [...SUCCESS, ...trailers];
  const fields: [string, string][] = [["grpc-status", String(CODES.indexOf(code))]];
  if (message !== "") fields.push(["grpc-message", percentEncoded(message)]);
  if (details.length > 0) fields.push(["grpc-status-details-bin", writeDetails(status)]);
  return [...fields, ...trailers];
}

/** Reads how a call ended; undefined where the fields do not say. */
export function readStatus(fields: Fields): Status | undefined {
  // How almost all calls end.
  const [first] = fields;
  if (fields.length === 1 && first?.[0] === "grpc-status" && first[1] === "0") return OK;
  const said = value(fields, "grpc-status");
  if (said === undefined) return undefined;
  const own = fields.filter(([name]) => !OWN.has(name) && name !== "content-type");
  const trailers = own.length === 0 ? NO_FIELDS : own;
  if (said === "0") return trailers === NO_FIELDS ? OK : { ...OK, trailers };
  const code = CODES[Number(said)] ?? "unknown";
  const message = percentDecoded(value(fields, "grpc-message") ?? "");
  const details = value(fields, "grpc-status-details-bin");
  const list = details === undefined ? [] : readDetails(details);
  return { code: code === "ok" ? "unknown" : code, message, details: list, trailers };
}

/** What an answer means that is none of gRPC. */
export function httpStatus(status: number, what: string): Status {
  return failure(HTTP[status] ?? "unknown", `The server answered HTTP status ${status}${what}, and no gRPC.`);
}

function value(fields: Fields, name: string): string | undefined {
  return fields.find(([each]) => each === name)?.[1];
}
