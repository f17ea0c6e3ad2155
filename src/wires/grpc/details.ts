import { decodeAnyBase64, encodeUnpadded } from "../../bytes/base64-text.js";
import { decodeUtf8 } from "../../bytes/utf8.js";
import { CODES } from "../../call/code.js";
import type { Status } from "../../call/status.js";
import { packedDetail, plainDetail } from "../any-detail.js";
import { readFields, textBytes, writeFields } from "../wire-format.js";

/** Before the name of a message in an Any. */
const PREFIX = "type.googleapis.com/";

/** Writes a status as the field `grpc-status-details-bin`: a google.rpc.Status, in base64. Details are plain data, or AnyDetails. */
export function writeDetails({ code, message, details }: Status): string {
  const anys = details.map((detail) => ({ number: 3, value: anyOf(detail) }));
  const status = [{ number: 1, value: CODES.indexOf(code) }, { number: 2, value: textBytes(message) }, ...anys];
  // Padding is left out by custom, and read by all.
  return encodeUnpadded(writeFields(status));
}

/** Reads the details of such a field; none where it is no google.rpc.Status. */
export function readDetails(text: string): readonly unknown[] {
  const fields = readFields(decodeAnyBase64(text) ?? new Uint8Array(0)) ?? [];
  return fields.flatMap(({ number, value }) => (number === 3 && typeof value !== "number" ? [detailOf(value)] : []));
}

function anyOf(detail: unknown): Uint8Array {
  const { type, value } = packedDetail(detail);
  return writeFields([
    { number: 1, value: textBytes(PREFIX + type) },
    { number: 2, value },
  ]);
}

function detailOf(any: Uint8Array): unknown {
  const fields = readFields(any) ?? [];
  const url = textOf(fields.find(({ number }) => number === 1)?.value);
  const value = fields.find(({ number }) => number === 2)?.value;
  const bytes = value instanceof Uint8Array ? value : new Uint8Array(0);
  return plainDetail({ type: url.slice(url.lastIndexOf("/") + 1), value: bytes });
}

function textOf(value: number | Uint8Array | undefined): string {
  return value instanceof Uint8Array ? (decodeUtf8(value, 0, value.length) ?? "") : "";
}
