import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeBase64 } from "../../bytes/base64.js";
import type { Status } from "../../call/status.js";
import type { XmlRpcMessage } from "./message-builder.js";
import { type Reading, XmlRpcReader } from "./reader.js";
import { callXml } from "./writer.js";

const READING: Reading = { root: "methodCall", maxDepth: 100, maxMessageBytes: 1_000_000 };

function pieces(parts: readonly Uint8Array[], reading: Partial<Reading> = {}): XmlRpcMessage | Status {
  const reader = new XmlRpcReader({ ...READING, ...reading });
  for (const part of parts) reader.push(part, { start: 0, end: part.length });
  return reader.end();
}

/** Reads bytes whole, as one piece with its end, byte by byte, and cut in two anywhere: always the same. */
function read(bytes: Uint8Array, reading: Partial<Reading> = {}): XmlRpcMessage | Status {
  const whole = pieces([bytes], reading);
  const reader = new XmlRpcReader({ ...READING, ...reading });
  reader.push(bytes, { start: 0, end: bytes.length }, true);
  expectSame(reader.end(), whole);
  expectSame(
    pieces(
      Array.from(bytes, (byte) => Uint8Array.of(byte)),
      reading,
    ),
    whole,
  );
  for (let at = 1; at < bytes.length; at += 1)
    expectSame(pieces([bytes.subarray(0, at), bytes.subarray(at)], reading), whole);
  return whole;
}

/** Where an error was seen may be another place; that there is one, and which, is the same. */
function expectSame(message: XmlRpcMessage | Status, whole: XmlRpcMessage | Status): void {
  if ("code" in whole) expect(message).toMatchObject({ code: whole.code, details: whole.details });
  else expect(message).toEqual(whole);
}

const call = (value: string): string =>
  `<methodCall><methodName>m</methodName><params><param>${value}</param></params></methodCall>`;

/** The argument of a call. */
function argument(value: string): unknown {
  const message = read(Buffer.from(call(value)));
  if ("code" in message) throw new Error(message.message);
  return message.params[0];
}

/** The number and the message that something is refused with. */
function refusal(text: string | Uint8Array, reading: Partial<Reading> = {}): [unknown, string] {
  const message = read(typeof text === "string" ? Buffer.from(text) : text, reading);
  if (!("code" in message)) throw new Error("It was read.");
  const [detail] = message.details as { faultCode: number }[]; // refusals have it
  return [detail?.faultCode, message.message];
}

describe("A message", () => {
  test.each<[string, unknown]>([
    ["<value>text</value>", "text"],
    ["<value/>", ""],
    ["<value></value>", ""],
    ["<value> kept\n</value>", " kept\n"],
    ["<value><string> kept </string></value>", " kept "],
    ["<value>\n <int>3</int>\t</value>", 3],
    ["<value><string>a<!-- no -->b<![CDATA[<c>]]>d</string></value>", "ab<c>d"],
    ["<value>a<!-- no -->b</value>", "ab"],
    ["<value><!-- no --></value>", ""],
    ["<value><string>&lt;&amp;&gt;&quot;&apos;&#65;&#x42;</string></value>", `<&>"'AB`],
    ["<value><string>a\r\nb\rc&#13;d</string></value>", "a\nb\nc\rd"],
    ["<value><string>é漢😀</string></value>", "é漢😀"],
    ["<value><base64>aGk=</base64></value>", Uint8Array.of(104, 105)],
    ["<value><base64>\n aG\r\nk=\t</base64></value>", Uint8Array.of(104, 105)],
    ["<value><base64>a<!-- <base64> -->G<![CDATA[k]]>&#61;</base64></value>", Uint8Array.of(104, 105)],
    ["<value><base64 >aGk=</base64 ></value>", Uint8Array.of(104, 105)],
    ["<value><base64/></value>", new Uint8Array()],
    ["<value><base64></base64></value>", new Uint8Array()],
    ["<value><string>&lt;base64></string></value>", "<base64>"],
    ["<value><string><![CDATA[<base64>aGk=]]></string></value>", "<base64>aGk="],
    ["<value><string><!-- <base64> -->a</string></value>", "a"],
    ["<value><nil/></value>", null],
    ["<value><nil> </nil></value>", null],
    ["<value><ex:nil/></value>", null],
    ["<value><ex:i8>5</ex:i8></value>", 5],
    ['<value><x:i1 xmlns:x="http://ws.apache.org/xmlrpc/namespaces/extensions">-1</x:i1></value>', -1],
    ["<value><array><data/></array></value>", []],
    ["<value><array/></value>", []],
    ["<value><array><data><value>a</value> <value/></data></array></value>", ["a", ""]],
    ["<value><struct/></value>", {}],
    ["<value><struct><member><name> a </name><value>1</value></member></struct></value>", { " a ": "1" }],
    ["<value><struct><member><name>a&amp;b</name><value/></member></struct></value>", { "a&b": "" }],
    [
      "<value><struct><member><name>a</name><value>1</value></member><member><name>a</name><value>2</value></member></struct></value>",
      { a: "2" },
    ],
  ])("holds %s.", (text, expected) => {
    expect(argument(text)).toStrictEqual(expected);
  });

  test("Members are the object's own, whatever they are called.", () => {
    const names = ["__proto__", "constructor", "hasOwnProperty", "toString"];
    const members = names.map((name) => `<member><name>${name}</name><value><struct/></value></member>`).join("");
    const object = argument(`<value><struct>${members}</struct></value>`) as object; // a struct
    expect(Object.keys(object)).toEqual(names);
    expect(Object.getPrototypeOf(object)).toBe(Object.prototype);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });

  test.each<[string, object]>([
    ["<methodCall><methodName> a.b </methodName></methodCall>", { method: "a.b", params: [] }],
    ["<methodCall><methodName>a</methodName><params/></methodCall>", { method: "a", params: [] }],
    ["<methodCall><params/><methodName>a</methodName></methodCall>", { method: "a", params: [] }],
    [
      '\r\n <?xml version="1.0"?><!-- a --><methodCall><methodName>a</methodName></methodCall>\n<!-- b -->\n',
      { method: "a" },
    ],
    ['<?xml version="1.1" standalone="yes"?><methodCall><methodName>a</methodName></methodCall>', { method: "a" }],
  ])("may be the call %j.", (text, expected) => {
    expect(read(Buffer.from(text))).toMatchObject(expected);
  });

  test.each<[string, object]>([
    [
      "<methodResponse><params><param><value>a</value></param></params></methodResponse>",
      { params: ["a"], fault: undefined },
    ],
    ["<methodResponse><params></params></methodResponse>", { params: [] }],
    ["<methodResponse/>", { params: [] }],
    ["<methodResponse><fault><value>a</value></fault></methodResponse>", { params: [], fault: "a" }],
  ])("may be the answer %j.", (text, expected) => {
    expect(read(Buffer.from(text), { root: "methodResponse" })).toMatchObject(expected);
  });

  test.each<[string, RegExp]>([
    ["<methodResponse/>", /<methodResponse> is unknown within the document, which holds methodCall/u],
    ["<methodCall/>", /<methodCall> lacks <methodName>/u],
    ["<methodCall><methodName> </methodName></methodCall>", /is empty/u],
    ["<methodCall><methodName>a</methodName><methodName>b</methodName></methodCall>", /<methodName> is one too many/u],
    [
      "<methodCall><methodName><b>a</b></methodName></methodCall>",
      /<b> is unknown within <methodName>, which holds text alone/u,
    ],
    ["<methodCall>a<methodName>a</methodName></methodCall>", /Text "a" stands within <methodCall>/u],
    [call("<value/><value/>"), /<value> is one too many/u],
    [call(""), /<param> lacks <value>/u],
    [call("a<value/>"), /Text "a" stands within <param>/u],
    [call("<value><int/></value>"), /"" is no value of type <int>/u],
    [call("<value><int>x</int></value>"), /"x" is no value of type <int>/u],
    [call("<value><int>1</int><int>2</int></value>"), /<int> is one too many/u],
    [call("<value><int>1</int>a</value>"), /"a" stands beside a type/u],
    [call("<value>a<int>1</int></value>"), /"a" stands beside a type/u],
    [call("<value>\u00a0<int>1</int></value>"), /stands beside a type/u],
    [call("<value><integer>1</integer></value>"), /<integer> is unknown within <value>, which holds int, i4/u],
    [call("<value><Int>1</Int></value>"), /<Int> is unknown/u],
    [call("<value><constructor/></value>"), /<constructor> is unknown/u],
    [call("<value><string><b/></string></value>"), /<b> is unknown within <string>/u],
    [call("<value><base64>a!==</base64></value>"), /Base64 has a character/u],
    [call("<value><base64>aGk</base64></value>"), /within a group/u],
    [call("<value><nil>a</nil></value>"), /"a" is no value of type <nil>/u],
    [call("<value><array><value/></array></value>"), /<value> is unknown within <array>, which holds data/u],
    [call("<value><array><data/><data/></array></value>"), /<data> is one too many/u],
    [call("<value><struct><name>a</name></struct></value>"), /<name> is unknown within <struct>/u],
    [call("<value><struct><member><name>a</name></member></struct></value>"), /<member> lacks <value>/u],
    [call("<value><struct><member/></struct></value>"), /<member> lacks <name>, <value>/u],
    [call("<value><struct><member><value/><name>a</name></member></struct></value>"), /begins with its <name>/u],
  ])("is refused as invalid: %s.", (text, message) => {
    const [number, said] = refusal(text);
    expect(said).toMatch(message);
    expect(number).toBe(-32_600);
  });

  test.each([
    "",
    " \n",
    "text",
    "<methodCall>",
    "<methodCall><methodName>a</methodName>",
    "<methodCall><methodName>a</params></methodCall>",
    "<methodCall><methodName>a</methodName></methodCall><methodCall/>",
    "<methodCall><methodName>a</methodName></methodCall>text",
    call("<value>&nbsp;</value>"),
    call("<value>&#0;</value>"),
    call("<value>&#xD800;</value>"),
    call("<value>a & b</value>"),
    call("<value>]]></value>"),
    call("<value>\u0001</value>"),
    call("<value>\uffff</value>"),
    call("<value><!-- a -- b --></value>"),
    call("<value><![CDATA[a]]</value>"),
    call('<value a="<"/>'),
    call('<value a="1" a="2"/>'),
    "<!DOCTYPE methodCall><methodCall><methodName>a</methodName></methodCall>",
    "<?php?><methodCall><methodName>a</methodName></methodCall>",
    '<!-- --><?xml version="1.0"?><methodCall><methodName>a</methodName></methodCall>',
  ])("is refused as not well-formed: %j.", (text) => {
    expect(refusal(text)[0]).toBe(-32_700);
  });
});

describe("Encodings", () => {
  const text = (declaration: string): string => `${declaration}${call("<value>é漢😀</value>")}`;
  const latin = (declaration: string): string => `${declaration}${call("<value>é\u0080ÿ</value>")}`;

  test.each<[string, Uint8Array, string | undefined, string]>([
    ["UTF-8", Buffer.from(text("")), undefined, "é漢😀"],
    ["UTF-8 with a byte order mark", Buffer.from(text("\uFEFF")), "iso-8859-1", "é漢😀"],
    ["UTF-16LE with a byte order mark", Buffer.from(text("\uFEFF"), "utf16le"), undefined, "é漢😀"],
    ["UTF-16BE with a byte order mark", Buffer.from(text("\uFEFF"), "utf16le").swap16(), undefined, "é漢😀"],
    [
      "UTF-16LE by its declaration",
      Buffer.from(text('<?xml version="1.0" encoding="UTF-16LE"?>'), "utf16le"),
      undefined,
      "é漢😀",
    ],
    ["UTF-16BE by its charset", Buffer.from(text(""), "utf16le").swap16(), "UTF-16", "é漢😀"],
    [
      "ISO-8859-1 by its declaration",
      Buffer.from(latin('<?xml version="1.0" encoding="iso-8859-1"?>'), "latin1"),
      undefined,
      "é\u0080ÿ",
    ],
    ["ISO-8859-1 by its charset", Buffer.from(latin(""), "latin1"), "latin1", "é\u0080ÿ"],
    ["US-ASCII", Buffer.from(call("<value>plain</value>")), "us-ascii", "plain"],
  ])("%s is read.", (_what, bytes, charset, expected) => {
    expect(read(bytes, { charset })).toMatchObject({ method: "m", params: [expected] });
  });

  test.each<[string, Uint8Array, string | undefined, number]>([
    ["a name that is not known", Buffer.from(call("<value/>")), "ebcdic", -32_701],
    ["a declaration that is not known", Buffer.from('<?xml version="1.0" encoding="koi8-r"?><a/>'), undefined, -32_701],
    ["UTF-16 declared in ASCII", Buffer.from('<?xml version="1.0" encoding="utf-16"?><a/>'), undefined, -32_701],
    ["a byte that is no UTF-8", Buffer.from(call("<value>\xff</value>"), "latin1"), undefined, -32_702],
    ["a character of UTF-8 that is cut", Buffer.from(call("<value>é</value>")).subarray(0, 61), undefined, -32_702],
    ["half a surrogate pair in UTF-8", Buffer.from(call("<value>\xed\xa0\x80</value>"), "latin1"), undefined, -32_702],
    ["half a surrogate pair in UTF-16", Buffer.from(call("<value>\ud800</value>"), "utf16le"), "utf-16le", -32_702],
    ["UTF-16 of an odd length", Buffer.from(`${call("<value/>")} `, "utf16le").subarray(0, -1), "utf-16le", -32_702],
    ["a letter in US-ASCII", Buffer.from(call("<value>é</value>")), "us-ascii", -32_702],
  ])("%s is refused.", (_what, bytes, charset, number) => {
    expect(refusal(bytes, { charset })[0]).toBe(number);
  });
});

describe("XmlRpcReader", () => {
  test("A message in many pieces of many sizes says the same.", () => {
    const bytes = Uint8Array.from({ length: 200_000 }, (_, i) => (i * 7919) >> 5);
    const text = Buffer.from(
      call(
        `<value><array><data><value><base64>\n${encodeBase64(bytes)}</base64></value><value>é</value></data></array></value>`,
      ),
    );
    for (const size of [1000, 65_535, 65_536, 65_537, text.length]) {
      const parts = Array.from({ length: Math.ceil(text.length / size) }, (_, i) =>
        text.subarray(i * size, (i + 1) * size),
      );
      const message = pieces(parts);
      const list = "code" in message ? [] : (message.params[0] as [Uint8Array, string]); // as written above
      expect(Buffer.compare(list[0] ?? new Uint8Array(), bytes)).toBe(0);
      expect(list[1]).toBe("é");
    }
  });

  test("A reader that was refused, or left in the middle, leaves nothing for the next.", () => {
    for (const left of [
      "<methodCall><methodName>x",
      "<wrong",
      "<methodCall><methodName>a</methodName><params><param><value><base64>aG",
    ]) {
      const reader = new XmlRpcReader(READING);
      reader.push(Buffer.from(left), { start: 0, end: left.length });
      expect(reader.end()).toMatchObject({ code: "invalid_argument" });
      new XmlRpcReader(READING).push(Buffer.from(left), { start: 0, end: left.length });
      expect(pieces([Buffer.from(call("<value>next</value>"))])).toMatchObject({ method: "m", params: ["next"] });
    }
  });

  test("Many messages may be read side by side.", () => {
    const readers = Array.from({ length: 40 }, () => new XmlRpcReader(READING));
    const texts = readers.map((_, i) => Buffer.from(call(`<value><int>${i}</int></value>`)));
    for (let at = 0; at < 120; at += 1)
      for (const [i, reader] of readers.entries()) {
        const text = texts[i] ?? Buffer.alloc(0);
        if (at < text.length) reader.push(text, { start: at, end: at + 1 });
      }
    expect(readers.map((reader) => reader.end())).toMatchObject(readers.map((_, i) => ({ params: [i] })));
  });

  test("Any values are read back as they were written.", () => {
    const leaf = fc.oneof(
      fc
        .string({ unit: "grapheme" })
        .filter((text) => !/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/u.test(text)), // oxlint-disable-line no-control-regex -- what XML cannot hold
      fc.integer(),
      fc.maxSafeInteger(),
      fc.double(),
      fc.bigInt().filter((value) => !Number.isSafeInteger(Number(value))),
      fc.boolean(),
      fc.constant(null),
      fc.uint8Array(),
      fc
        .date({ min: new Date("0000-01-01T00:00:00Z"), max: new Date("9999-12-31T23:59:59Z"), noInvalidDate: true })
        .map((date) => new Date(Math.floor(date.getTime() / 1000) * 1000)),
    );
    const { value } = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        leaf,
        fc.array(tie("value"), { maxLength: 4 }),
        fc.dictionary(fc.constantFrom("a", "b c", "<&>", "", "__proto__", "é"), tie("value"), {
          maxKeys: 4,
          noNullPrototype: true,
        }),
      ),
    }));
    fc.assert(
      fc.property(fc.array(value, { maxLength: 3 }), fc.array(fc.nat(2000), { maxLength: 4 }), (params, cuts) => {
        const bytes = Buffer.from(callXml("m", params, { allowNil: true, allowI8: true, maxDepth: 100 }));
        const ends = [...cuts.filter((cut) => cut < bytes.length), bytes.length].toSorted((a, b) => a - b);
        const message = pieces(ends.map((end, i) => bytes.subarray(ends[i - 1] ?? 0, end)));
        expect(message).toEqual({ method: "m", params, fault: undefined });
      }),
      { numRuns: 300 },
    );
  });

  test("Any text gets an answer, and is the same cut anywhere.", () => {
    const bits = fc.constantFrom(
      ..."<>/&;!-[]=\"'? \n",
      "value",
      "int",
      "1",
      "base64",
      "<![CDATA[",
      "]]>",
      "<!--",
      "-->",
      "methodCall",
      "é",
      "\u0000",
    );
    fc.assert(
      fc.property(fc.array(bits, { maxLength: 12 }), (parts) => {
        read(Buffer.from(`<methodCall><methodName>m</methodName><params><param>${parts.join("")}`));
      }),
      { numRuns: 150 },
    );
  });
});
