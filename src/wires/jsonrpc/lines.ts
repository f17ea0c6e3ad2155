import type { OutBuffer } from "../../bytes/out-buffer.js";
import { encodeAscii, encodeUtf8 } from "../../bytes/utf8.js";
import type { Framing, MessageWriter } from "./framing.js";
import { LineReader } from "./line-reader.js";

/** Writes each message on a line of its own; JSON text as we write it has no line breaks. */
class LineWriter implements MessageWriter {
  #text = "";

  add(json: string): number {
    this.#text += `${json}\n`;
    return json.length + 1;
  }

  writeTo(buffer: OutBuffer): void {
    const text = this.#text;
    if (text === "") return;
    this.#text = "";
    const at = buffer.reserve(text.length);
    if (encodeAscii(text, buffer.bytes.subarray(at, at + text.length))) buffer.length = at + text.length;
    else buffer.push(encodeUtf8(text));
  }
}

/** Newline-delimited JSON: written a message a line, read however the lines are broken. */
export const lines: Framing = {
  reader: (limits) => new LineReader(limits),
  writer: () => new LineWriter(),
};
