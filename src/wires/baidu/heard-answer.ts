import { decodeUtf8 } from "../../bytes/utf8.js";
import { type Fields, NO_FIELDS } from "../../call/fields.js";
import { failure, OK, type Status } from "../../call/status.js";
import { DETAILS_FIELD, TRAILER_PREFIX } from "./own-fields.js";
import { type PacketPlace, type PayloadOptions, readPayload } from "./payload.js";
import type { RpcMeta, StreamSettings } from "./rpc-meta.js";
import { errorStatus } from "./status.js";
import { readUserFields } from "./user-fields.js";

/** What an answer says, by whatever packet it came. */
export interface HeardAnswer {
  readonly status: Status;
  readonly fields: Fields;
  readonly message: Uint8Array;
  readonly attachment: Uint8Array | undefined;
  /** The stream that the server has accepted. */
  readonly stream: StreamSettings | undefined;
}

/** Reads an answer, whose meta has been read. What cannot be read is an answer with an error that says so. */
export function heardAnswer(meta: RpcMeta, place: PacketPlace, options: PayloadOptions): HeardAnswer {
  const { bytes, metaStart, metaEnd } = place;
  const user = meta.special ? readUserFields(bytes, metaStart, metaEnd) : NO_FIELDS;
  const trailers = user.length === 0 ? user : trailersIn(user);
  const fields = user.length === 0 ? user : user.filter(([name]) => !isTrailer(name) && name !== DETAILS_FIELD);
  if (meta.errorCode !== 0) {
    const text = decodeUtf8(bytes, meta.errorText.start, meta.errorText.end) ?? "The text of the error is not UTF-8.";
    const details = user.find(([name]) => name === DETAILS_FIELD)?.[1];
    return failed({ ...errorStatus(meta.errorCode, text, details), trailers }, fields);
  }
  const payload = readPayload(place, meta, options);
  if ("code" in payload) return failed(unreadable(payload), fields);
  const { message, attachment } = payload;
  // Named one by one: to spread objects costs more than all else that is done here.
  return {
    status: trailers.length === 0 ? OK : { ...OK, trailers },
    fields,
    message,
    attachment,
    stream: meta.hasStream ? { ...meta.stream } : undefined,
  };
}

function failed(status: Status, fields: Fields): HeardAnswer {
  return { status, fields, message: NONE, attachment: undefined, stream: undefined };
}

function isTrailer(name: string): boolean {
  return name.startsWith(TRAILER_PREFIX);
}

function trailersIn(user: Fields): Fields {
  return user
    .filter(([name]) => isTrailer(name))
    .map(([name, value]) => [name.slice(TRAILER_PREFIX.length), value] as const);
}

/** What a caller is told of an answer that cannot be read: a limit is a limit, and all else is the server's fault. */
function unreadable({ code, message }: Status): Status {
  const own = code === "resource_exhausted" || code === "unimplemented" ? code : "internal";
  return failure(own, `The answer cannot be read: ${message}`);
}

const NONE = new Uint8Array(0);
