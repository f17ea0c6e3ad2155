import { SaxesParser } from "saxes";
import type { Status } from "../../call/status.js";
import { type Expected, MessageBuilder, type XmlRpcMessage } from "./message-builder.js";
import { Prolog } from "./prolog.js";
import { refusal } from "./status.js";

/** No element of XML-RPC has attributes, but one may bind a prefix. */
const MAX_ATTRIBUTE_CHARS = 1024;
/** The tag behind which text is taken from the parser. */
const BASE64 = "<base64>";

/** A parser that leaves prefixes to us. */
type Parser = SaxesParser<{ xmlns: false; position: false; forceXMLVersion: true; defaultXMLVersion: "1.0" }>;

/** Thrown through the parser to stop it: made once, since the reason is kept elsewhere. */
const STOP = new Error("This message is refused.");

/**
 * Reads the text of one document after another, each with `begin`, `write` for its pieces, and `close`. A document is refused at its first
 * fault: then `write` and `close` return false, and `problem` says why. Strict XML 1.0 without document types and processing instructions;
 * entities are the five of XML.
 */
export class XmlDocument {
  #parser: Parser | undefined = undefined;
  #builder: MessageBuilder | undefined = undefined;
  #prolog: Prolog | undefined = undefined;
  #problem: Status | undefined = undefined;
  /** The parser has been told something. */
  #begun = false;
  /** Characters told to the parser; how many, when it had read the last tag that opens. */
  #told = 0;
  #openedAt = 0;
  /** Text goes to the open base64, past the parser. */
  #past = false;
  /** The last piece ended within a tag. */
  #inTag = false;

  get problem(): Status | undefined {
    return this.#problem;
  }

  /** What the document said, once it has been closed. */
  get message(): XmlRpcMessage | undefined {
    return this.#builder?.message;
  }

  begin(expected: Expected): void {
    this.#builder = new MessageBuilder(expected);
    this.#prolog = new Prolog();
    this.#problem = undefined;
    this.#begun = this.#past = this.#inTag = false;
    this.#told = this.#openedAt = 0;
  }

  write(text: string): boolean {
    if (this.#problem !== undefined) return false;
    let rest = text;
    if (!this.#begun) {
      // Programs whose output begins with a line break before the XML declaration are many.
      rest = text.replace(/^[ \t\r\n]+/u, "");
      if (rest === "") return true;
      this.#begun = true;
    }
    if (this.#prolog?.read(rest) === true) {
      this.#problem = refusal(-32_700, "A message may have no document type (<!DOCTYPE …>): leave it out.");
      return this.#drop();
    }
    return this.#pieces(rest);
  }

  /** The document has been told; false: it is not whole. */
  close(): boolean {
    if (this.#problem !== undefined) return false;
    try {
      this.#xml().close();
      return true;
    } catch (error) {
      return this.#stopped(error);
    }
  }

  /** Lets go of the message, whether it was read or not. */
  forget(): void {
    this.#builder = undefined;
    this.#prolog = undefined;
  }

  /** Cuts text behind the tags that begin base64, which the parser would hold as one text before it told of it. */
  #pieces(text: string): boolean {
    let from = 0;
    while (from < text.length) {
      if (this.#past) {
        from = this.#base64(text, from);
        if (from < 0) return false;
        continue;
      }
      const found = this.#inTag ? text.indexOf(">", from) : text.indexOf(BASE64, from);
      const to = found === -1 ? text.length : found + (this.#inTag ? 1 : BASE64.length);
      if (!this.#tell(from === 0 && to === text.length ? text : text.slice(from, to))) return false;
      this.#past = this.#builder?.base64 !== undefined && this.#openedAt === this.#told;
      this.#inTag = found === -1 && (text.lastIndexOf("<") > text.lastIndexOf(">") || (this.#inTag && from === 0));
      from = to;
    }
    return true;
  }

  /** Decodes text up to the next markup, from where the parser goes on; -1: it is no base64. */
  #base64(text: string, from: number): number {
    const end = text.indexOf("<", from);
    const reference = text.indexOf("&", from);
    const until = Math.min(end === -1 ? text.length : end, reference === -1 ? text.length : reference);
    this.#past = until === text.length;
    if (this.#builder?.text(text.slice(from, until)) === true) return until;
    this.#problem = this.#builder?.problem;
    this.#drop();
    return -1;
  }

  #tell(text: string): boolean {
    this.#told += text.length;
    try {
      this.#xml().write(text);
      return true;
    } catch (error) {
      return this.#stopped(error);
    }
  }

  #stopped(error: unknown): boolean {
    this.#problem ??= this.#builder?.problem ?? refusal(-32_700, `The message cannot be read as XML: ${String(error)}`);
    return this.#drop();
  }

  /** A parser that was stopped has no way back. */
  #drop(): false {
    this.#parser = undefined;
    this.forget();
    return false;
  }

  #attribute(name: string, value: string): void {
    if (name.length + value.length <= MAX_ATTRIBUTE_CHARS) return;
    this.#problem ??= refusal(
      -32_700,
      `Attribute "${name.slice(0, 60)}" is longer than any that XML-RPC has a use for.`,
    );
    throw STOP;
  }

  #xml(): Parser {
    return (this.#parser ??= this.#made());
  }

  #made(): Parser {
    // With more than seven handlers the parser becomes an object that the engine cannot make fast: reading then takes five times as long.
    // The version that a declaration names makes no difference to what XML-RPC may hold (XML 1.0, §2.8).
    const parser: Parser = new SaxesParser({
      xmlns: false,
      position: false,
      forceXMLVersion: true,
      defaultXMLVersion: "1.0",
    });
    parser.on("error", (error) => {
      this.#problem ??= refusal(
        -32_700,
        `The message is not well-formed XML, at line ${parser.line}, column ${parser.column}: ${error.message}`,
      );
      throw STOP;
    });
    parser.on("processinginstruction", ({ target }) => {
      this.#problem ??= refusal(
        -32_700,
        `A message may have no processing instructions, and <?${target.slice(0, 60)}?> came.`,
      );
      throw STOP;
    });
    parser.on("opentag", ({ name, attributes }) => {
      for (const attribute in attributes) this.#attribute(attribute, attributes[attribute] ?? "");
      if (this.#builder?.open(name) !== true) throw STOP;
      this.#openedAt = parser.position;
    });
    const text = (heard: string): void => {
      if (this.#builder?.text(heard) !== true) throw STOP;
    };
    parser.on("text", text);
    parser.on("cdata", text);
    parser.on("closetag", () => {
      if (this.#builder?.close() !== true) throw STOP;
    });
    return parser;
  }
}
