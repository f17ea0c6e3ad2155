import { describe, expect, test } from "vitest";
import { type Sniffed, sniff } from "./encoding.js";

/** Asks with longer and longer prefixes, as bytes come. */
function sniffed(bytes: Uint8Array, charset?: string): Sniffed | undefined {
  for (let end = 0; end <= bytes.length; end += 1) {
    const found = sniff(bytes, { start: 0, end }, { charset, all: false });
    if (found !== undefined) return found;
  }
  return sniff(bytes, { start: 0, end: bytes.length }, { charset, all: true });
}

const text = (declaration: string): Uint8Array => Buffer.from(`${declaration}<methodCall>`);
const utf16 = (bytes: string): Uint8Array => Buffer.from(bytes, "utf16le");
const swapped = (bytes: string): Uint8Array => Buffer.from(bytes, "utf16le").swap16();

describe("The encoding of a document", () => {
  test.each<[string, Uint8Array, string | undefined, Partial<Sniffed>]>([
    ["UTF-8 where nothing says another", text(""), undefined, { encoding: "utf-8", skip: 0 }],
    ["UTF-8 where there is nothing", new Uint8Array(), undefined, { encoding: "utf-8", skip: 0 }],
    ["UTF-8 by a declaration without one", text('<?xml version="1.0"?>'), undefined, { encoding: "utf-8" }],
    [
      "what the declaration says",
      text(`<?xml version='1.0' encoding='ISO-8859-1'?>`),
      undefined,
      { encoding: "iso-8859-1" },
    ],
    [
      "what a declaration with blanks says",
      text('<?xml version="1.0"\n encoding = "us-ascii" ?>'),
      undefined,
      { encoding: "us-ascii" },
    ],
    [
      "what the declaration behind blanks says",
      text('\r\n <?xml version="1.0" encoding="latin1"?>'),
      undefined,
      { encoding: "iso-8859-1" },
    ],
    ["not what an element says", text('<a encoding="latin1"?>'), undefined, { encoding: "utf-8" }],
    [
      "what the charset says, and not the declaration",
      text('<?xml version="1.0" encoding="latin1"?>'),
      "UTF-8",
      { encoding: "utf-8" },
    ],
    ["what the charset says", text(""), "ISO-8859-1", { encoding: "iso-8859-1" }],
    [
      "what the byte order mark says, and not the charset",
      Buffer.from("\uFEFF<a/>"),
      "latin1",
      { encoding: "utf-8", skip: 3 },
    ],
    ["UTF-16LE by its byte order mark", utf16("\uFEFF<a/>"), undefined, { encoding: "utf-16le", skip: 2 }],
    ["UTF-16BE by its byte order mark", swapped("\uFEFF<a/>"), "utf-8", { encoding: "utf-16be", skip: 2 }],
    ["UTF-16LE by its declaration", utf16('<?xml version="1.0"?>'), undefined, { encoding: "utf-16le", skip: 0 }],
    ["UTF-16BE by its declaration", swapped('<?xml version="1.0"?>'), undefined, { encoding: "utf-16be", skip: 0 }],
    ["UTF-16LE by its charset", utf16("<a/>"), "utf-16le", { encoding: "utf-16le", skip: 0 }],
    ["UTF-16BE by the charset UTF-16 (RFC 2781 §4.3)", swapped("<a/>"), "utf-16", { encoding: "utf-16be", skip: 0 }],
    [
      "UTF-16LE by the charset UTF-16 and its declaration",
      utf16("<?xml?>"),
      "utf-16",
      { encoding: "utf-16le", skip: 0 },
    ],
    [
      "none for windows-1252",
      text('<?xml version="1.0" encoding="windows-1252"?>'),
      undefined,
      { encoding: undefined, name: "windows-1252" },
    ],
    ["none for a charset that is not known", text(""), "shift_jis", { encoding: undefined, name: "shift_jis" }],
    ["none for a name of JavaScript's", text(""), "constructor", { encoding: undefined }],
    [
      "none where ASCII declares UTF-16",
      text('<?xml version="1.0" encoding="UTF-16"?>'),
      undefined,
      { encoding: undefined, name: "UTF-16" },
    ],
  ])("is %s.", (_what, bytes, charset, expected) => {
    expect(sniffed(bytes, charset)).toMatchObject(expected);
  });

  test("is decided by 1024 bytes of a declaration that does not end.", () => {
    const bytes = Buffer.from(`<?xml ${" ".repeat(2000)}`);
    expect(sniff(bytes, { start: 0, end: 1023 }, { charset: undefined, all: false })).toBeUndefined();
    expect(sniff(bytes, { start: 0, end: 1024 }, { charset: undefined, all: false })?.encoding).toBe("utf-8");
  });
});
