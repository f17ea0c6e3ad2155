import { encodeBase64 } from "../../bytes/base64.js";
import { formatIso8601 } from "../../bytes/iso8601.js";
import { BIG_INTEGER, escaped, type Extensions, numberXml } from "./scalar-text.js";

/** How values are written. */
export interface Writing extends Extensions {
  /** Arrays and objects within each other. */
  readonly maxDepth: number;
}

/** What is no struct, whatever keys it has. */
const NO_STRUCTS: readonly string[] = ["Map", "Set", "WeakMap", "WeakSet", "Promise"];

/**
 * Writes values as the text of `<value>` elements. What XML-RPC cannot hold is a TypeError that says where it stands: `params[0].user.age`.
 * One writer for one message.
 */
export class ValueWriter {
  readonly #writing: Writing;
  /** The arrays and objects that are being written, and the key of each that is being written now. */
  readonly #open: object[] = [];
  readonly #keys: (string | number)[] = [];
  #hasBigIntegers = false;

  constructor(writing: Writing) {
    this.#writing = writing;
  }

  /** The attributes that the root of the message needs for what was written. */
  get rootAttributes(): string {
    return this.#hasBigIntegers ? ' xmlns:ex="http://ws.apache.org/xmlrpc/namespaces/extensions"' : "";
  }

  /** Writes one value; `name` is what errors call it. */
  value(value: unknown, name: string): string {
    try {
      return this.#value(value);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new TypeError(`${name}${this.#keys.map(step).join("")} ${reason}`, { cause: error });
    }
  }

  #value(value: unknown): string {
    switch (typeof value) {
      case "string":
        return `<value><string>${escaped(value)}</string></value>`;
      case "number":
      case "bigint":
        return `<value>${this.#number(value)}</value>`;
      case "boolean":
        return value ? "<value><boolean>1</boolean></value>" : "<value><boolean>0</boolean></value>";
      case "object":
        return value === null ? this.#nil() : this.#object(value);
      case "undefined":
        return this.#nil();
      default:
        throw new TypeError(`is a ${typeof value}, which is no value: leave it out`);
    }
  }

  #number(value: number | bigint): string {
    const xml = numberXml(value, this.#writing);
    this.#hasBigIntegers ||= typeof value === "bigint" && xml.startsWith(`<${BIG_INTEGER}`);
    return xml;
  }

  #nil(): string {
    if (!this.#writing.allowNil)
      throw new TypeError("is null, which plain XML-RPC has not: allow nil, or leave it out");
    return "<value><nil/></value>";
  }

  #object(value: object): string {
    if (Array.isArray(value)) return this.#array(value);
    if (value instanceof Date) return dateXml(value);
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== Object.prototype && prototype !== null) {
      const bytes = bytesOf(value);
      if (bytes !== undefined) return `<value><base64>${encodeBase64(bytes)}</base64></value>`;
      const kind = Object.prototype.toString.call(value).slice(8, -1);
      if (NO_STRUCTS.includes(kind)) throw new TypeError(`is a ${kind}: make it an array or an object`);
    }
    // Decimals, URLs and their like say by this what they are as plain data.
    if ("toJSON" in value && typeof value.toJSON === "function") return this.#value(value.toJSON());
    return this.#struct(value);
  }

  #array(items: readonly unknown[]): string {
    const depth = this.#enter(items);
    let xml = "<value><array><data>";
    for (let i = 0; i < items.length; i += 1) {
      this.#keys[depth] = i;
      xml += this.#value(items[i]);
    }
    this.#leave();
    return `${xml}</data></array></value>`;
  }

  #struct(value: object): string {
    const depth = this.#enter(value);
    // Its own keys are all that is asked for.
    const members = value as Readonly<Record<string, unknown>>;
    let xml = "<value><struct>";
    for (const key of Object.keys(members)) {
      this.#keys[depth] = key;
      const member = members[key];
      if (member !== undefined) xml += `<member><name>${escaped(key)}</name>${this.#value(member)}</member>`;
    }
    this.#leave();
    return `${xml}</struct></value>`;
  }

  #enter(value: object): number {
    const depth = this.#open.length;
    if (depth >= this.#writing.maxDepth) {
      if (this.#open.includes(value)) throw new TypeError("holds itself: a message has an end");
      throw new TypeError(`is deeper than ${this.#writing.maxDepth} arrays and objects: make it flatter`);
    }
    this.#open.push(value);
    return depth;
  }

  #leave(): void {
    this.#open.pop();
    this.#keys.length = this.#open.length;
  }
}

function dateXml(date: Date): string {
  const text = formatIso8601(date);
  if (text === undefined)
    throw new TypeError(`is the date ${String(date)}, and only the years 0 to 9999 can be written`);
  return `<value><dateTime.iso8601>${text}</dateTime.iso8601></value>`;
}

function bytesOf(value: object): Uint8Array | undefined {
  if (value instanceof Uint8Array) return value;
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  return value instanceof ArrayBuffer || value instanceof SharedArrayBuffer ? new Uint8Array(value) : undefined;
}

function step(key: string | number): string {
  if (typeof key === "number") return `[${key}]`;
  return /^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}
