import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { callXml, faultXml } from "../../src/wires/xmlrpc/writer.js";
import { readEveryWay } from "./reading.js";

/** What Python's xmlrpc.client wrote, and what it could read; `about` in the file says how it was recorded. */
interface Recorded {
  readonly written: readonly {
    readonly name: string;
    readonly root: "methodCall" | "methodResponse";
    readonly encoding: string;
    readonly text: string;
    readonly reads: { readonly method?: string; readonly params?: unknown; readonly fault?: unknown };
  }[];
  readonly read: {
    readonly calls: readonly {
      readonly name: string;
      readonly method: string;
      readonly params: readonly unknown[];
      readonly text: string;
    }[];
    readonly faults: readonly {
      readonly name: string;
      readonly faultCode: number;
      readonly faultString: string;
      readonly text: string;
    }[];
  };
}

const file = new URL("../../src/wires/xmlrpc/vectors/python.json", import.meta.url);
const { written, read } = JSON.parse(readFileSync(file, "utf8"), untagged) as Recorded;
const WRITING = { allowNil: true, allowI8: true, maxDepth: 100 };

/** Values that JSON has not are recorded as objects of one property. */
function untagged(key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if ("$bytes" in value) return new Uint8Array(Buffer.from(String(value.$bytes), "base64"));
  if ("$date" in value) return new Date(String(value.$date));
  if ("$double" in value) return Number(value.$double);
  return "$integer" in value ? BigInt(String(value.$integer)) : value;
}

const ENCODERS: Readonly<Record<string, (text: string) => Uint8Array>> = {
  "utf-8": (text) => Buffer.from(text),
  "iso-8859-1": (text) => Buffer.from(text, "latin1"),
  "us-ascii": (text) => Buffer.from(text, "latin1"),
  // With a byte order mark, as Python does.
  "utf-16": (text) => Buffer.from(`\uFEFF${text}`, "utf16le"),
};

describe("Python's xmlrpc.client", () => {
  test.each(written)("wrote $name ($encoding), which is read cut anywhere.", ({ root, encoding, text, reads }) => {
    const message = readEveryWay(ENCODERS[encoding]?.(text) ?? new Uint8Array(), { root });
    expect(message).toEqual({ method: "", params: [], fault: undefined, ...reads });
  });

  test.each(read.calls)("read $name as callwire writes it.", ({ method, params, text }) => {
    expect(callXml(method, params, WRITING)).toBe(text);
    const message = readEveryWay(Buffer.from(text));
    // What fits in a number is read as one.
    const plain = params.map((value) => (typeof value === "bigint" && value === 1n ? 1 : value));
    expect(message).toEqual({ method, params: plain, fault: undefined });
  });

  test.each(read.faults)("read $name as callwire writes it.", ({ text, faultCode, faultString }) => {
    const fault = { faultCode, faultString };
    expect(faultXml(fault)).toBe(text);
    expect(readEveryWay(Buffer.from(text), { root: "methodResponse" })).toEqual({ method: "", params: [], fault });
  });
});
