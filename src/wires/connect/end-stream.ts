import { decodeUtf8, encodeUtf8 } from "../../bytes/utf8.js";
import { type Fields, NO_FIELDS } from "../../call/fields.js";
import { fieldsIn } from "../../call/member-fields.js";
import { failure, OK, type Status } from "../../call/status.js";
import { errorValue, readError } from "./error-value.js";

/** The flag of the envelope that ends a stream. */
export const END_STREAM = 2;

const EMPTY_END = encodeUtf8("{}");

/** Writes an EndStreamResponse: how a call ended, and its trailers (https://connectrpc.com/docs/protocol#error-end-stream). */
export function writeEndStream(status: Status): Uint8Array {
  const { code, trailers } = status;
  if (code === "ok" && trailers.length === 0) return EMPTY_END;
  const metadata = trailers.length === 0 ? {} : { metadata: listsOf(trailers) };
  return encodeUtf8(JSON.stringify({ ...(code === "ok" ? {} : { error: errorValue(status) }), ...metadata }));
}

/** Reads an EndStreamResponse; what is none is a failure. */
export function readEndStream(bytes: Uint8Array): Status {
  const message = parsed(bytes);
  if (typeof message !== "object" || message === null)
    return failure("internal", "The end of the answer's stream is no JSON object.");
  const { error, metadata } = message as { error?: unknown; metadata?: unknown }; // each is looked at
  const trailers = fieldsIn(metadata) ?? NO_FIELDS;
  if (error === undefined || error === null) return trailers === NO_FIELDS ? OK : { ...OK, trailers };
  const otherwise = {
    ...failure("unknown", "The server answered with an error that says no more."),
    code: "unknown",
  } as const;
  return { ...readError(error, otherwise), trailers };
}

/** Trailers by their names, each with a list of values. */
function listsOf(trailers: Fields): object {
  const lists = new Map<string, string[]>();
  for (const [name, value] of trailers) {
    const list = lists.get(name);
    if (list === undefined) lists.set(name, [value]);
    else list.push(value);
  }
  return Object.fromEntries(lists);
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(decodeUtf8(bytes, 0, bytes.length) ?? "");
  } catch {
    return undefined;
  }
}
