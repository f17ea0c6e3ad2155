import type { OutBuffer } from "../../bytes/out-buffer.js";
import type { ErrorCode } from "./error-code.js";
import { FRAME } from "./frame.js";
import { readUint32, writeUint32 } from "./numbers.js";
import { writeFrameHead } from "./write-frame.js";

/** What one side of a connection may be sent (RFC 9113 §6.5.2), with the values that hold before any SETTINGS. */
export interface Settings {
  headerTableSize: number;
  enablePush: number;
  maxConcurrentStreams: number;
  initialWindowSize: number;
  maxFrameSize: number;
  maxHeaderListSize: number;
}

/** What holds until something else is said. */
export const INITIAL_SETTINGS: Readonly<Settings> = {
  headerTableSize: 4096,
  enablePush: 1,
  maxConcurrentStreams: 0xffff_ffff,
  initialWindowSize: 65_535,
  maxFrameSize: 16_384,
  maxHeaderListSize: 0xffff_ffff,
};

/** Identifiers on the wire, from 1. */
const ORDER: readonly (keyof Settings)[] = [
  "headerTableSize",
  "enablePush",
  "maxConcurrentStreams",
  "initialWindowSize",
  "maxFrameSize",
  "maxHeaderListSize",
];

/** What a value has to be between, and which error it is if not. */
const BOUNDS: Readonly<Partial<Record<keyof Settings, { least: number; most: number; error: ErrorCode }>>> = {
  enablePush: { least: 0, most: 1, error: "PROTOCOL_ERROR" },
  initialWindowSize: { least: 0, most: 0x7fff_ffff, error: "FLOW_CONTROL_ERROR" },
  maxFrameSize: { least: 16_384, most: 0xff_ffff, error: "PROTOCOL_ERROR" },
};

/** Reads the payload of a SETTINGS frame, whose length is a multiple of six, into settings. Settings that are not known are passed over. Returns the error of a value that may not be. */
export function readSettings(
  bytes: Uint8Array,
  range: { start: number; end: number },
  settings: Settings,
): ErrorCode | undefined {
  for (let at = range.start; at < range.end; at += 6) {
    const name = ORDER[(((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)) - 1];
    if (name === undefined) continue;
    const value = readUint32(bytes, at + 2);
    const bounds = BOUNDS[name];
    if (bounds !== undefined && (value < bounds.least || value > bounds.most)) return bounds.error;
    settings[name] = value;
  }
  return undefined;
}

/** Writes a SETTINGS frame. */
export function writeSettings(out: OutBuffer, settings: Partial<Settings>): void {
  const given = ORDER.flatMap((name, i) => {
    const value = settings[name];
    return value === undefined ? [] : [[i + 1, value] as const];
  });
  writeFrameHead(out, given.length * 6, { type: FRAME.settings, flags: 0, id: 0 });
  for (const [identifier, value] of given) {
    const at = out.reserve(2);
    out.bytes[at] = 0;
    out.bytes[at + 1] = identifier;
    out.length = at + 2;
    writeUint32(out, value);
  }
}
