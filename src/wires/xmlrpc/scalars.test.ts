import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SCALARS } from "./scalars.js";

function read(type: string, text: string): unknown {
  return SCALARS.get(type)?.(text);
}

describe("Scalars", () => {
  test.each<[string, string, unknown]>([
    ["int", "3", 3],
    ["int", " +3\n", 3],
    ["int", "-0", 0],
    ["int", "007", 7],
    ["int", "-2147483648", -2_147_483_648],
    ["i4", "2147483647", 2_147_483_647],
    ["i1", "-128", -128],
    ["i1", "127", 127],
    ["i2", "-32768", -32_768],
    ["i8", "9007199254740991", 9_007_199_254_740_991],
    ["i8", "9007199254740992", 9_007_199_254_740_992n],
    ["i8", "-9223372036854775808", -(2n ** 63n)],
    ["i8", "+0009223372036854775807", 2n ** 63n - 1n],
    ["i8", "-0", 0],
    ["biginteger", "12", 12],
    ["biginteger", "-100000000000000000000", -(10n ** 20n)],
    ["boolean", "1", true],
    ["boolean", "0", false],
    ["boolean", " true ", true],
    ["boolean", "false", false],
    ["string", " kept ", " kept "],
    ["string", "", ""],
    ["double", "-12.5", -12.5],
    ["double", "1e300", 1e300],
    ["double", ".5", 0.5],
    ["double", "5.", 5],
    ["double", "-0.0", -0],
    ["double", "inf", Number.POSITIVE_INFINITY],
    ["double", "-Infinity", Number.NEGATIVE_INFINITY],
    ["double", "+INF", Number.POSITIVE_INFINITY],
    ["double", "nan", Number.NaN],
    ["float", "-NaN", Number.NaN],
    ["float", "1.5", 1.5],
    ["bigdecimal", "123456789.123456", 123_456_789.123456],
    ["bigdecimal", "0.000000000000000000001", 1e-21],
    ["bigdecimal", "1234567890.123456", "1234567890.123456"],
    ["bigdecimal", "1e400", "1e400"],
    ["bigdecimal", "1e-400", "1e-400"],
    ["bigdecimal", "0e-400", 0],
    ["dateTime.iso8601", " 19980717T14:08:55 ", new Date("1998-07-17T14:08:55Z")],
    ["dateTime", "1998-07-17T14:08:55.5+01:00", new Date("1998-07-17T13:08:55.500Z")],
    ["nil", "", null],
  ])("<%s> %j is %s.", (type, text, expected) => {
    expect(read(type, text)).toEqual(expected);
  });

  test.each([
    ["int", ""],
    ["int", "2147483648"],
    ["int", "-2147483649"],
    ["int", "1.0"],
    ["int", "1e3"],
    ["int", "0x10"],
    ["int", "1 2"],
    ["int", "--1"],
    ["int", "١"],
    ["i1", "128"],
    ["i1", "-129"],
    ["i2", "32768"],
    ["i8", "9223372036854775808"],
    ["i8", "-9223372036854775809"],
    ["i8", "9".repeat(30)],
    ["biginteger", "9".repeat(5000)],
    ["biginteger", "1.5"],
    ["boolean", "2"],
    ["boolean", "yes"],
    ["boolean", ""],
    ["boolean", "constructor"],
    ["double", ""],
    ["double", "."],
    ["double", "1e"],
    ["double", "1,5"],
    ["double", "0x1p3"],
    ["double", "infinit"],
    ["bigdecimal", "inf"],
    ["dateTime.iso8601", "yesterday"],
    ["nil", "null"],
  ])("<%s> %j is refused.", (type, text) => {
    expect(read(type, text)).toBeUndefined();
  });

  test("Any text gets an answer from every type.", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."0123456789+-.eEinfaTZ: \n") }), (text) => {
        for (const scalar of SCALARS.values()) scalar(text);
        expect(read("string", text)).toBe(text);
      }),
    );
  });
});
