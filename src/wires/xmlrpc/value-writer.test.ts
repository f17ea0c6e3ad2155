import { describe, expect, test } from "vitest";
import { ValueWriter, type Writing } from "./value-writer.js";

const ALL: Writing = { allowNil: true, allowI8: true, maxDepth: 100 };

function write(value: unknown, writing: Partial<Writing> = {}): string {
  return new ValueWriter({ ...ALL, ...writing }).value(value, "params[0]");
}

class Point {
  x = 1;
  #hidden = 2;
  get sum(): number {
    return this.x + this.#hidden;
  }
}

describe("A value", () => {
  test.each<[unknown, string]>([
    [0, "<int>0</int>"],
    [-2_147_483_648, "<int>-2147483648</int>"],
    [2_147_483_648, "<i8>2147483648</i8>"],
    [Number.MAX_SAFE_INTEGER, "<i8>9007199254740991</i8>"],
    [2 ** 53, "<double>9007199254740992</double>"],
    [1e21, "<double>1000000000000000000000.0</double>"],
    [-1.5e-7, "<double>-0.00000015</double>"],
    [-0, "<double>-0.0</double>"],
    [0.1, "<double>0.1</double>"],
    [Number.POSITIVE_INFINITY, "<double>inf</double>"],
    [Number.NEGATIVE_INFINITY, "<double>-inf</double>"],
    [Number.NaN, "<double>nan</double>"],
    [5n, "<int>5</int>"],
    [2n ** 40n, "<i8>1099511627776</i8>"],
    [-(2n ** 63n), "<i8>-9223372036854775808</i8>"],
    [2n ** 63n, "<ex:biginteger>9223372036854775808</ex:biginteger>"],
    [true, "<boolean>1</boolean>"],
    [false, "<boolean>0</boolean>"],
    [null, "<nil/>"],
    [undefined, "<nil/>"],
    ["a <&> \r\n\té😀", "<string>a &lt;&amp;&gt; &#13;\n\té😀</string>"],
    [new Date("1998-07-17T14:08:55.999Z"), "<dateTime.iso8601>19980717T14:08:55</dateTime.iso8601>"],
    [new Uint8Array([104, 105]), "<base64>aGk=</base64>"],
    [Buffer.from("hi"), "<base64>aGk=</base64>"],
    [new Uint8Array([104, 105]).buffer, "<base64>aGk=</base64>"],
    [new DataView(Uint8Array.from([0, 104, 105]).buffer, 1), "<base64>aGk=</base64>"],
    [new Uint16Array([0x6968]), "<base64>aGk=</base64>"],
    [new Point(), "<struct><member><name>x</name><value><int>1</int></value></member></struct>"],
    [{ a: undefined }, "<struct></struct>"],
    [{ "<": 1 }, "<struct><member><name>&lt;</name><value><int>1</int></value></member></struct>"],
    [Object.create(null), "<struct></struct>"],
    [new URL("http://a/"), "<string>http://a/</string>"],
    [{ toJSON: () => 5, other: 1 }, "<int>5</int>"],
    [[undefined], "<array><data><value><nil/></value></data></array>"],
  ])("%o is written as %s.", (value, expected) => {
    expect(write(value).replaceAll(/^<value>|<\/value>$/gu, "")).toBe(expected);
  });

  test("Holes of an array are null.", () => {
    const holed: number[] = [];
    holed[1] = 1;
    expect(write(holed)).toContain("<data><value><nil/></value><value><int>1</int></value></data>");
  });

  test("Shared parts that are no cycle are written each time.", () => {
    const part = [1];
    expect(write([part, part]).match(/<int>/gu)).toHaveLength(2);
  });

  const cycle: unknown[] = [];
  cycle.push({ again: cycle });
  const deep = (depth: number): unknown => (depth === 0 ? 1 : [deep(depth - 1)]);

  test.each<[unknown, Partial<Writing>, string]>([
    [{ user: { age: () => 1 } }, {}, "params[0].user.age is a function"],
    [[1, [Symbol("a")]], {}, "params[0][1][0] is a symbol"],
    [{ "a b": { "": new Map() } }, {}, 'params[0]["a b"][""] is a Map'],
    [new Set(), {}, "params[0] is a Set"],
    [Promise.resolve(), {}, "params[0] is a Promise"],
    ["a\u0000", {}, "params[0] has the character U+0000"],
    [{ a: "\ud83d" }, {}, "params[0].a has the character U+D83D"],
    [["\ufffe"], {}, "params[0][0] has the character U+FFFE"],
    [{ "\u001b": 1 }, {}, 'params[0]["\\u001b"] has the character U+001B'],
    [new Date(Number.NaN), {}, "params[0] is the date Invalid Date"],
    [new Date("+010000-01-01T00:00:00Z"), {}, "only the years 0 to 9999"],
    [cycle, {}, "holds itself"],
    [deep(101), {}, "is deeper than 100"],
    [deep(4), { maxDepth: 3 }, "params[0][0][0][0] is deeper than 3"],
    [[null], { allowNil: false }, "params[0][0] is null"],
    [2 ** 31, { allowI8: false }, "params[0] is 2147483648, more than 32 bits"],
    [2n ** 70n, { allowI8: false }, "params[0] is 1180591620717411303424"],
    [
      {
        toJSON() {
          throw new Error("says no");
        },
      },
      {},
      "params[0] says no",
    ],
  ])("%o is refused, with the place and the reason.", (value, writing, message) => {
    expect(() => write(value, writing)).toThrow(TypeError);
    expect(() => write(value, writing)).toThrow(message);
  });

  test("The depth of the limit is allowed.", () => {
    expect(write(deep(100))).toContain("<int>1</int>");
  });

  test("Attributes for the root are asked for by the integers that need them alone.", () => {
    const writer = new ValueWriter(ALL);
    writer.value([2n ** 63n - 1n, "<ex:biginteger>"], "a");
    expect(writer.rootAttributes).toBe("");
    writer.value([2n ** 63n], "b");
    expect(writer.rootAttributes).toBe(' xmlns:ex="http://ws.apache.org/xmlrpc/namespaces/extensions"');
  });
});
