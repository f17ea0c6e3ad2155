import { expect, test } from "vitest";
import { Base64Segments } from "./base64-segments.js";

function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** What pieces of text say together; undefined where they are no base64, or end within a group. */
function decoded(...pieces: string[]): string | undefined {
  const segments = new Base64Segments();
  let said = "";
  for (const piece of pieces) {
    const bytes = segments.decode(bytesOf(piece), 0, piece.length);
    if (bytes === undefined) return undefined;
    said += Buffer.from(bytes).toString("latin1");
  }
  return segments.whole ? said : undefined;
}

test("Texts of any length are decoded, alone and in a row.", () => {
  let all = "";
  let said = "";
  for (let length = 0; length < 70; length += 1) {
    const bytes = Buffer.from(Uint8Array.from({ length }, (_, n) => (n * 73 + length) & 255));
    expect(decoded(bytes.toString("base64"))).toBe(bytes.toString("latin1"));
    all += bytes.toString("base64");
    said += bytes.toString("latin1");
  }
  expect(decoded(all)).toBe(said);
});

test("A text may be cut anywhere, once and twice.", () => {
  const text = "TQ==TWE=TWFuTQ==TWFuTWFu";
  for (let one = 0; one <= text.length; one += 1)
    for (let two = one; two <= text.length; two += 1)
      expect(decoded(text.slice(0, one), text.slice(one, two), text.slice(two))).toBe("MMaManMManMan");
  expect(decoded(...text)).toBe("MMaManMManMan");
});

test("Only the bytes of the range are read.", () => {
  const bytes = new Base64Segments().decode(bytesOf("!!TWFu!!"), 2, 6);
  expect(Buffer.from(bytes ?? []).toString()).toBe("Man");
});

test.each(["T", "TQ", "TQ=", "TWF", "TWFuT"])("%j ends within a group.", (text) => {
  expect(decoded(text)).toBeUndefined();
});

test.each(["=", "T=", "====", "TQ=A", "TQ===", "TWE==", "TW u", "TWF\n", "TWF-", "T_Fu", "TWFué", "TWFu\0"])(
  "%j is no base64, however it is cut.",
  (text) => {
    for (let cut = 0; cut <= text.length; cut += 1)
      expect(decoded(text.slice(0, cut), text.slice(cut))).toBeUndefined();
  },
);

test("Random bytes are decoded as node does it, or refused.", () => {
  let state = 20_261_123;
  const random = (below: number): number => ((state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0) >>> 16) % below;
  const alphabet = "ABCDwxyz0189+/==";
  for (let n = 0; n < 3000; n += 1) {
    const text = Array.from({ length: random(16) }, () => alphabet[random(alphabet.length)]).join("");
    const cut = random(text.length + 1);
    const said = decoded(text.slice(0, cut), text.slice(cut));
    const groups = text.match(/.{4}/gu) ?? [];
    const isBase64 = text.length % 4 === 0 && groups.every((group) => /^[^=]{2}(?:==|[^=]=|[^=]{2})$/u.test(group));
    const expected = groups.map((group) => Buffer.from(group, "base64").toString("latin1")).join("");
    expect(said).toBe(isBase64 ? expected : undefined);
  }
});
