import type { HttpAnswer } from "../../wires/http.js";
import type { Entry } from "./header-table.js";

/** The head of a message: pseudo-header fields apart from the others. */
export interface MessageHead {
  readonly pseudo: Readonly<Record<string, string>>;
  readonly fields: HttpAnswer["fields"];
  /** What `content-length` says; undefined where it says nothing. */
  readonly length: number | undefined;
}

/** What a block of fields may begin. */
export type MessageKind = keyof typeof PSEUDO;

/** The pseudo-header fields that a head must and may have (RFC 9113 §8.3). CONNECT has no scheme and path (§8.5). */
const PSEUDO = {
  request: { must: [":method"], may: [":scheme", ":path", ":authority"] },
  answer: { must: [":status"], may: [] },
  trailers: { must: [], may: [] },
} as const;

/** Fields that are about a connection of HTTP/1.1, and have no place here (§8.2.2). */
const OF_CONNECTIONS: ReadonlySet<string> = new Set([
  "connection",
  "proxy-connection",
  "keep-alive",
  "transfer-encoding",
  "upgrade",
]);

// §8.2.1: lower case only, and what a field's name can be made of.
const NAME = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/u;
// oxlint-disable-next-line no-control-regex -- §8.2.1: what a value may not hold
const BAD_VALUE = /[\u0000\r\n]|^[ \t]|[ \t]$/u;

/** Sorts the fields of a block. Undefined: the message is malformed (§8.1.1). */
export function readMessageHead(entries: readonly Entry[], kind: MessageKind): MessageHead | undefined {
  const { must, may } = PSEUDO[kind];
  const allowed: readonly string[] = [...must, ...may];
  const pseudo: Record<string, string> = {};
  const fields: [string, string][] = [];
  for (const { name, value } of entries) {
    if (BAD_VALUE.test(value)) return undefined;
    if (name.startsWith(":")) {
      if (fields.length > 0 || !allowed.includes(name) || Object.hasOwn(pseudo, name)) return undefined;
      pseudo[name] = value;
    } else {
      if (!NAME.test(name) || OF_CONNECTIONS.has(name) || (name === "te" && value !== "trailers")) return undefined;
      fields.push([name, value]);
    }
  }
  if (must.some((name) => (pseudo[name] ?? "") === "")) return undefined;
  const lengths = fields.filter(([name]) => name === "content-length").map(([, value]) => value);
  if (lengths.some((value) => !/^\d{1,15}$/u.test(value) || value !== lengths[0])) return undefined;
  return { pseudo, fields, length: lengths[0] === undefined ? undefined : Number(lengths[0]) };
}
