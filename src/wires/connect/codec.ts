import type { CallHead } from "../../call/sink.js";

/** How messages travel: alone, as the whole body, or in envelopes. */
export type Form = "unary" | "stream";
/** The codecs of this wire, by the names that the protocol gives them. */
export type CodecName = Exclude<CallHead["codec"], "value">;

/** What a content type says. */
export interface ContentType {
  readonly form: Form;
  readonly codec: CodecName;
}

const TYPES: ReadonlyMap<string, ContentType> = new Map([
  ["application/json", { form: "unary", codec: "json" }],
  ["application/proto", { form: "unary", codec: "proto" }],
  ["application/connect+json", { form: "stream", codec: "json" }],
  ["application/connect+proto", { form: "stream", codec: "proto" }],
]);

/** The content types that are Connect's (https://connectrpc.com/docs/protocol). */
export const CONTENT_TYPES: readonly string[] = [...TYPES.keys()];

/** What a content type says, whatever its parameters; undefined where it is none of the protocol. */
export function readContentType(text: string): ContentType | undefined {
  return TYPES.get((text.split(";", 1)[0] ?? "").trim().toLowerCase());
}

/** The content type to send. */
export function contentTypeOf(form: Form, codec: CallHead["codec"]): string {
  const name = codec === "proto" ? "proto" : "json";
  return form === "unary" ? `application/${name}` : `application/connect+${name}`;
}
