import { decodeUtf8 } from "../../bytes/utf8.js";
import { type Fields, NO_FIELDS } from "../../call/fields.js";
import type { CallHead } from "../../call/sink.js";
import { hashOf } from "./hash-of.js";
import type { RpcMeta } from "./rpc-meta.js";

/** So many methods' heads are kept for their next call. */
const HEADS_KEPT = 256;
/** Values of `content_type` (src/brpc/options.proto): protobuf, brpc's JSON, canonical JSON; the last, text format, is not read. */
const CODECS: readonly (CallHead["codec"] | undefined)[] = ["proto", "json", "json"];

/** What opens a call that came in a packet; one for all calls of a method that bring nothing but a message. */
export class BaiduHead implements CallHead {
  readonly path: string;
  readonly codec: CallHead["codec"];
  readonly peer: CallHead["peer"];
  readonly contentType: number;
  readonly timeoutMs: number | undefined;
  readonly fields: Fields;
  readonly attachment: Uint8Array | undefined;
  readonly positional: boolean = false;
  readonly attachable: boolean = true;
  /** The caller has said in it that it is callwire's. */
  readonly announced: boolean;
  shape: CallHead["shape"];
  out: string | undefined = undefined;
  memo: CallHead["memo"] = undefined;

  constructor(
    method: Pick<BaiduHead, "path" | "codec" | "peer" | "contentType">,
    asked: Partial<Pick<BaiduHead, "timeoutMs" | "fields" | "attachment" | "shape" | "announced">> = {},
  ) {
    this.path = method.path;
    this.codec = method.codec;
    this.peer = method.peer;
    this.contentType = method.contentType;
    this.timeoutMs = asked.timeoutMs;
    this.fields = asked.fields ?? NO_FIELDS;
    this.attachment = asked.attachment;
    this.shape = asked.shape;
    this.announced = asked.announced === true;
  }
}

interface Known {
  /** Both names, one after the other. */
  readonly names: Uint8Array;
  readonly serviceBytes: number;
  readonly head: BaiduHead;
}

/** Finds the heads of methods by the bytes of their names, so that known names are not decoded again. */
export class Heads {
  readonly #peer: CallHead["peer"];
  readonly #known: Map<number, Known[]> = new Map();
  #kept = 0;

  constructor(peer: CallHead["peer"]) {
    this.#peer = peer;
  }

  /** The head of the method that a meta names; a text says what is wrong with it. */
  find(bytes: Uint8Array, meta: RpcMeta): BaiduHead | string {
    const { service, method, contentType } = meta;
    const key = hashOf(bytes, service, hashOf(bytes, method, contentType));
    const list = this.#known.get(key);
    if (list !== undefined) for (const known of list) if (isSame(known, bytes, meta)) return known.head;
    const codec = CODECS[contentType];
    if (codec === undefined)
      return `Messages with content_type ${contentType} are not read here: use protobuf or JSON.`;
    const names = [service, method].map(({ start, end }) => decodeUtf8(bytes, start, end));
    if (names.includes(undefined)) return "The name of a service or a method is not UTF-8.";
    const head = new BaiduHead({ path: names.join("/"), codec, peer: this.#peer, contentType });
    if (this.#kept < HEADS_KEPT) {
      this.#kept += 1;
      const whole = new Uint8Array(service.end - service.start + method.end - method.start);
      whole.set(bytes.subarray(service.start, service.end));
      whole.set(bytes.subarray(method.start, method.end), service.end - service.start);
      const known = { names: whole, serviceBytes: service.end - service.start, head };
      if (list === undefined) this.#known.set(key, [known]);
      else list.push(known);
    }
    return head;
  }
}

function isSame({ names, serviceBytes, head }: Known, bytes: Uint8Array, meta: RpcMeta): boolean {
  const { service, method, contentType } = meta;
  const methodBytes = method.end - method.start;
  if (service.end - service.start !== serviceBytes || names.length - serviceBytes !== methodBytes) return false;
  if (head.contentType !== contentType) return false;
  for (let at = 0; at < serviceBytes; at += 1) if (names[at] !== bytes[service.start + at]) return false;
  for (let at = 0; at < methodBytes; at += 1) if (names[serviceBytes + at] !== bytes[method.start + at]) return false;
  return true;
}
