import { Base64Decoder } from "../../bytes/base64.js";
import type { Status } from "../../call/status.js";
import { type Child, documentOf, type Element } from "./grammar.js";
import { refusal } from "./status.js";

/** What a message says: a call its method and arguments, an answer its one value in `params`, or its fault. */
export interface XmlRpcMessage {
  readonly method: string;
  readonly params: readonly unknown[];
  /** The value of a fault; undefined where there is none. */
  readonly fault: unknown;
}

/** What a builder is told of a message. */
export interface Expected {
  readonly root: "methodCall" | "methodResponse";
  /** Arrays and structs within each other. */
  readonly maxDepth: number;
}

const MAX_ELEMENTS = 1_000_000;
/** XML's white space, and nothing else. */
const BLANK = /^[ \t\r\n]*$/u;
/** Names and values of a peer are shown so far. */
const SHOWN = 60;

const DOCUMENTS = { methodCall: documentOf("methodCall"), methodResponse: documentOf("methodResponse") };

/**
 * Makes a message of the elements and texts of its XML, told in their order. Each method returns false where the message is refused;
 * then `problem` says why, and nothing more is to be told.
 */
export class MessageBuilder {
  problem: Status | undefined = undefined;
  /** Takes the text of the base64 that is open. */
  base64: Base64Decoder | undefined = undefined;
  readonly #maxDepth: number;
  /** The open elements, the document outermost, and the bits of their children so far. */
  readonly #open: Element[];
  readonly #seen: number[] = [0];
  #elements = 0;
  /** Arrays and structs that are open, and the name of the open member of each. */
  readonly #containers: (unknown[] | Record<string, unknown>)[] = [];
  readonly #names: string[] = [];
  #text = "";
  /** What the last type element held. */
  #value: unknown = undefined;
  #method = "";
  readonly #params: unknown[] = [];
  #fault: unknown = undefined;

  constructor({ root, maxDepth }: Expected) {
    this.#open = [DOCUMENTS[root]];
    this.#maxDepth = maxDepth;
  }

  /** What all of it said, once every element has been closed. */
  get message(): XmlRpcMessage {
    return { method: this.#method, params: this.#params, fault: this.#fault };
  }

  open(name: string): boolean {
    const parent = this.#top();
    // The prefix is left out: peers that extend XML-RPC bind others, or none.
    const colon = name.indexOf(":");
    const child = parent.children.get(colon === -1 ? name : name.slice(colon + 1));
    if (child === undefined) {
      const allowed = [...parent.children.keys()].join(", ") || "text alone";
      return this.#refuse(`Element <${shown(name)}> is unknown within ${within(parent)}, which holds ${allowed}.`);
    }
    if (parent.role === "value" && !this.#blank(parent)) return false;
    return this.#admit(parent, child) && this.#begin(child.element);
  }

  text(text: string): boolean {
    const element = this.#top();
    if (this.base64 !== undefined)
      return this.base64.push(text) || this.#refuse("Base64 has a character that it has no use for there.");
    switch (element.role) {
      case "scalar":
      case "name":
      case "methodName":
        this.#text += text;
        return true;
      case "value":
        this.#text += text;
        // Behind its type element there is nothing more to come.
        return this.#seen[this.#seen.length - 1] === 0 || this.#blank(element);
      default:
        // What is outside of the root is the parser's to judge.
        return (
          element.name === "document" ||
          BLANK.test(text) ||
          this.#refuse(`Text "${shown(text)}" stands within ${within(element)}, outside of a value.`)
        );
    }
  }

  close(): boolean {
    const element = this.#top();
    const seen = this.#seen[this.#seen.length - 1] ?? 0;
    if ((seen & element.needs) !== element.needs) {
      const needed = [...element.children].filter(([, { bit }]) => (bit & element.needs & ~seen) !== 0);
      return this.#refuse(`Element <${element.name}> lacks <${needed.map(([name]) => name).join(">, <")}>.`);
    }
    this.#open.pop();
    this.#seen.pop();
    return this.#end(element, seen);
  }

  #top(): Element {
    // The document is closed by nobody.
    return this.#open[this.#open.length - 1] as Element;
  }

  #admit(parent: Element, { element, bit }: Child): boolean {
    const last = this.#seen.length - 1;
    const seen = this.#seen[last] ?? 0;
    if ((seen & bit) !== 0)
      return this.#refuse(`Element <${element.name}> is one too many: ${within(parent)} holds one of its kind.`);
    this.#elements += 1;
    if (this.#elements > MAX_ELEMENTS)
      return this.#refuse(`A message may have ${MAX_ELEMENTS} elements, and this one has more.`, -32_008);
    this.#seen[last] = seen | bit;
    return true;
  }

  #begin(element: Element): boolean {
    this.#open.push(element);
    this.#seen.push(0);
    switch (element.role) {
      case "base64":
        this.base64 = new Base64Decoder();
        break;
      case "array":
      case "struct":
        if (this.#containers.length >= this.#maxDepth)
          return this.#refuse(`Arrays and structs may be ${this.#maxDepth} deep, and these are deeper.`);
        this.#containers.push(element.role === "array" ? [] : {});
        break;
      default:
    }
    return true;
  }

  #end(element: Element, seen: number): boolean {
    const text = this.#text;
    switch (element.role) {
      case "value":
        this.#text = "";
        return this.#deliver(seen === 0 ? text : this.#value);
      case "scalar":
        this.#text = "";
        this.#value = element.read?.(text);
        return this.#value !== undefined || this.#wrong(text, element.name);
      case "base64":
        this.#value = this.base64?.finish();
        this.base64 = undefined;
        return (
          this.#value !== undefined || this.#refuse("Base64 ends within a group of four characters: pad it with =.")
        );
      case "array":
      case "struct":
        this.#value = this.#containers.pop();
        return true;
      case "name":
        this.#text = "";
        this.#names[this.#containers.length - 1] = text;
        return true;
      case "methodName":
        this.#text = "";
        this.#method = text.trim();
        return this.#method !== "" || this.#refuse("A call names its method in <methodName>, and this one is empty.");
      default:
        return true;
    }
  }

  /** Puts a whole value where it belongs. */
  #deliver(value: unknown): boolean {
    const { name } = this.#top();
    if (name === "param") this.#params.push(value);
    else if (name === "fault") this.#fault = value;
    else {
      const container = this.#containers[this.#containers.length - 1];
      if (Array.isArray(container)) container.push(value);
      else if (((this.#seen[this.#seen.length - 1] ?? 0) & 1) === 0)
        return this.#refuse("A member begins with its <name>, and this one with its <value>.");
      // The grammar has a struct around a member.
      else assign(container as Record<string, unknown>, this.#names[this.#containers.length - 1] ?? "", value);
    }
    return true;
  }

  /** Forgets the white space around a type element; false: it was more than that. */
  #blank(element: Element): boolean {
    const text = this.#text;
    this.#text = "";
    return BLANK.test(text) || this.#refuse(`Text "${shown(text)}" stands beside a type within ${within(element)}.`);
  }

  #wrong(text: string, type: string): boolean {
    return this.#refuse(`Text "${shown(text)}" is no value of type <${type}>.`);
  }

  #refuse(message: string, faultCode: number = -32_600): false {
    this.problem ??= refusal(faultCode, message);
    return false;
  }
}

/** Sets a member of its own, whatever its name means to JavaScript. */
function assign(object: Record<string, unknown>, name: string, value: unknown): void {
  if (name === "__proto__")
    Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
  else object[name] = value;
}

function within({ name }: Element): string {
  return name === "document" ? "the document" : `<${name}>`;
}

function shown(text: string): string {
  return text.length <= SHOWN ? text : `${text.slice(0, SHOWN)}…`;
}
