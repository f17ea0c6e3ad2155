import { describe, expect, test } from "vitest";
import type { Status } from "../../src/call/status.js";
import { read } from "./reading.js";

const around = (value: string): string =>
  `<methodCall><methodName>a</methodName><params><param>${value}</param></params></methodCall>`;

/** The error that a body is refused with, and how many milliseconds that took; its pieces are of 64 KiB. */
function refused(body: string, maxMessageBytes: number = 32 * 1024 * 1024): Status & { readonly ms: number } {
  const bytes = Buffer.from(body);
  const cuts = Array.from({ length: Math.floor((bytes.length - 1) / 65_536) }, (_, i) => (i + 1) * 65_536);
  const started = performance.now();
  const message = read(bytes, { maxMessageBytes }, cuts);
  const ms = performance.now() - started;
  if (!("code" in message)) throw new Error("It was read.");
  return { ...message, ms };
}

const LAUGHS = Array.from({ length: 10 }, (_, i) => `<!ENTITY l${i + 1} "${`&l${i};`.repeat(10)}">`).join("");

describe("A hostile body is refused soon, with a message that says why:", () => {
  test.each<[string, string, RegExp]>([
    ["a million nested arrays", around("<value><array><data>".repeat(1_000_000)), /100 deep/u],
    ["a million nested structs", around("<value><struct><member><name>a</name>".repeat(1_000_000)), /100 deep/u],
    ["a million nested values", around("<value>".repeat(1_000_000)), /Element <value> is unknown within <value>/u],
    [
      "entities of entities",
      `<!DOCTYPE a [<!ENTITY l0 "ha">${LAUGHS}]>${around("<value>&l10;</value>")}`,
      /document type/u,
    ],
    [
      "an external entity",
      `<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>${around("<value>&x;</value>")}`,
      /document type/u,
    ],
    ["an entity that nobody declared", around("<value>&x;</value>"), /undefined entity/u],
    ["an entity named after a property of objects", around("<value>&constructor;</value>"), /undefined entity/u],
    [
      "a document type behind a comment",
      `<!-- <a> --><?xml-stylesheet?><!DOCTYPE a>${around("<value/>")}`,
      /document type|processing/u,
    ],
    ["a document type behind the root", `${around("<value/>")}<!DOCTYPE a>`, /doctype/u],
    ["a document type that never ends", `<!DOCTYPE ${"a".repeat(4_000_000)}`, /document type/u],
    [
      "a processing instruction",
      around("<value><?php echo 1 ?></value>"),
      /processing instructions, and <\?php\?> came/u,
    ],
    [
      "a stylesheet",
      `<?xml version="1.0"?><?xml-stylesheet href="a"?>${around("<value/>")}`,
      /processing instructions/u,
    ],
    ["tags that nobody closes", around("<value><struct>").slice(0, -40), /unclosed tag/u],
    ["a gigantic attribute", `<methodCall a="${"a".repeat(4_000_000)}">`, /Attribute "a" is longer/u],
    [
      "a gigantic attribute without an end",
      `<methodCall a="${"a".repeat(4_000_000)}`,
      /unclosed|unexpected|root element/u,
    ],
    ["a gigantic name", `<${"a".repeat(4_000_000)}>`, /Element <a{60}…> is unknown within the document/u],
    ["a gigantic number", around(`<value><int>${"9".repeat(4_000_000)}</int></value>`), /no value of type <int>/u],
    [
      "a gigantic integer",
      around(`<value><biginteger>${"9".repeat(4_000_000)}</biginteger></value>`),
      /no value of type <biginteger>/u,
    ],
    [
      "a number that a pattern could choke on",
      around(`<value><double>${"1".repeat(4_000_000)}x</double></value>`),
      /no value of type <double>/u,
    ],
    [
      "many references in base64",
      around(`<value><base64>${"&#65;".repeat(200_001)}</base64></value>`),
      /Base64 ends within a group/u,
    ],
    [
      "more than a million elements",
      around(`<value><array><data>${"<value/>".repeat(1_000_001)}</data></array></value>`),
      /1000000 elements/u,
    ],
    ["control characters", "\u0001".repeat(4_000_000), /not well-formed/u],
    ["only brackets", "<".repeat(4_000_000), /not well-formed/u],
  ])("%s.", (_what, body, message) => {
    const status = refused(body);
    expect(status.message).toMatch(message);
    expect(status.message.length).toBeLessThan(300);
    expect(status.ms).toBeLessThan(10_000);
  });

  test("many attributes, none of them large.", () => {
    const attributes = Array.from({ length: 50_000 }, (_, i) => `a${i}=""`).join(" ");
    expect(refused(`<methodCall ${attributes}><wrong/></methodCall>`).message).toMatch(/<wrong> is unknown/u);
  });

  test("one byte over the limit, whatever it says.", () => {
    const body = around("<value>a</value>");
    expect(read(Buffer.from(body), { maxMessageBytes: body.length })).toMatchObject({ method: "a" });
    const status = refused(body, body.length - 1);
    expect(status.code).toBe("resource_exhausted");
    expect(status.message).toMatch(/may have \d+ bytes/u);
  });
});

test("Arrays and structs may be as deep as the limit, and no deeper.", () => {
  const nested = (depth: number): Uint8Array =>
    Buffer.from(around(`${"<value><array><data>".repeat(depth)}${"</data></array></value>".repeat(depth)}`));
  expect(read(nested(7), { maxDepth: 7 })).toMatchObject({ params: [[[[[[[[]]]]]]]] });
  expect(read(nested(8), { maxDepth: 7 })).toMatchObject({ code: "invalid_argument" });
  const side = Buffer.from(
    around(`<value><array><data>${"<value><array/></value>".repeat(50)}</data></array></value>`),
  );
  expect(read(side, { maxDepth: 2 })).toMatchObject({ method: "a" });
});
