import type { MemberFields } from "../../call/member-fields.js";
import { isHeaders } from "./headers.js";

/** What a peer names a call by: a number or a text, echoed as it came. */
export type Id = number | string;

/** A request frame, or one that goes on with an open call, as parsed; nothing but what `complaint` has passed may be relied on. */
export interface RequestFrame {
  readonly in?: string;
  readonly id?: Id | null;
  readonly params?: unknown;
  readonly headers?: MemberFields;
  readonly timeout_ms?: number | null;
  readonly more?: boolean;
  readonly done?: boolean;
  readonly cancel?: boolean;
}

/** An answer frame as parsed. Servers that know nothing of ids and streams send `out` and `result` alone. */
export interface AnswerFrame {
  readonly out?: unknown;
  readonly id?: Id | null;
  readonly result?: unknown;
  readonly headers?: MemberFields;
  readonly trailers?: MemberFields;
  readonly more?: boolean;
  readonly done?: boolean;
}

/** Says what is wrong with a parsed request frame; undefined: it is a RequestFrame. */
export function complaint(frame: unknown): string | undefined {
  if (!isRecord(frame)) return 'A frame holds a JSON object such as {"in": "ping", "params": "x"}.';
  if (frame["in"] !== undefined && typeof frame["in"] !== "string") return '"in" is the method\'s name, a string.';
  const id = frame["id"];
  if (id !== undefined && id !== null && !isId(id)) return '"id" is a number (up to 2⁵³ − 1) or a string.';
  const timeout = frame["timeout_ms"];
  if (timeout !== undefined && timeout !== null && !(typeof timeout === "number" && timeout >= 0)) {
    return '"timeout_ms" is a number of milliseconds, 0 or more.';
  }
  for (const flag of ["more", "done", "cancel"] as const) {
    if (frame[flag] !== undefined && typeof frame[flag] !== "boolean") return `"${flag}" is true or false.`;
  }
  return frame["headers"] === undefined || isHeaders(frame["headers"])
    ? undefined
    : '"headers" is an object of names with a string, or an array of strings, each.';
}

/** Whether a value can be echoed exactly: larger numbers have lost digits in parsing. */
export function isId(value: unknown): value is Id {
  return typeof value === "string" || (typeof value === "number" && Math.abs(value) <= Number.MAX_SAFE_INTEGER);
}

/** The id of a frame that is not whole, or no JSON: it is found where it follows `in` (or `out`) directly. */
export function idWithin(text: string): Id | undefined {
  const match =
    /^\s*\{\s*"(?:in|out)"\s*:\s*"(?:[^"\\]|\\.)*"\s*,\s*"id"\s*:\s*(-?\d{1,15}|"(?:[^"\\]|\\.){0,100}")\s*[,}]/u.exec(
      text,
    );
  if (match?.[1] === undefined) return undefined;
  try {
    // The pattern lets through a number or a string.
    return JSON.parse(match[1]) as Id;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
