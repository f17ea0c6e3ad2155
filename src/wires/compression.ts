import type { MessageCoding, SessionOptions } from "./wire.js";

/** How this end compresses what it sends. */
export interface Compression {
  /** The coding's name, as the protocol's fields give it. */
  readonly name: string;
  readonly coding: MessageCoding;
  /** Shorter messages are sent as they are. */
  readonly minBytes: number;
}

/** Messages below this gain nothing that is worth the time. */
const MIN_BYTES = 1024;

/** What a session's options ask for; undefined: nothing is compressed. */
export function compressionOf({
  codings = {},
  sendCompression,
  compressMinBytes,
}: SessionOptions): Compression | undefined {
  const coding =
    sendCompression !== undefined && Object.hasOwn(codings, sendCompression) ? codings[sendCompression] : undefined;
  if (sendCompression === undefined || coding === undefined) return undefined;
  return { name: sendCompression, coding, minBytes: compressMinBytes ?? MIN_BYTES };
}

/** Whether a list of codings, `gzip, br;q=0.5`, names one. */
export function accepts(list: string, name: string): boolean {
  return list.split(",").some((each) => (each.split(";", 1)[0] ?? "").trim().toLowerCase() === name);
}
