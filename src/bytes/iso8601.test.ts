import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatIso8601, parseIso8601 } from "./iso8601.js";

describe("iso8601", () => {
  test.each([
    ["19980717T14:08:55", "1998-07-17T14:08:55.000Z"],
    ["19980717T14:08:55Z", "1998-07-17T14:08:55.000Z"],
    ["1998-07-17T14:08:55", "1998-07-17T14:08:55.000Z"],
    ["19980717T140855", "1998-07-17T14:08:55.000Z"],
    ["19980717T14:08:55.25", "1998-07-17T14:08:55.250Z"],
    ["19980717T14:08:55,1239999", "1998-07-17T14:08:55.123Z"],
    ["19980717T14:08:55+02:00", "1998-07-17T12:08:55.000Z"],
    ["1998-07-17T14:08:55.5-0330", "1998-07-17T17:38:55.500Z"],
    ["19980717T14:08:55+02", "1998-07-17T12:08:55.000Z"],
    ["00000101T00:00:00", "0000-01-01T00:00:00.000Z"],
    ["00981231T23:59:59", "0098-12-31T23:59:59.000Z"],
    ["20240229T00:00:00", "2024-02-29T00:00:00.000Z"],
  ])("%s is %s", (text, expected) => {
    expect(parseIso8601(text)?.toISOString()).toBe(expected);
  });

  test.each([
    "",
    "now",
    "19980717",
    "19980717 14:08:55",
    "1998-0717T14:08:55",
    "19980717T14:0855",
    "19980717t14:08:55",
    "19981317T14:08:55",
    "19980017T14:08:55",
    "19980700T14:08:55",
    "20230229T00:00:00",
    "19980717T24:00:00",
    "19980717T14:60:00",
    "19980717T14:08:60",
    "19980717T14:08:55+24:00",
    "19980717T14:08:55+01:60",
    "19980717T14:08:55.",
    "-19980717T14:08:55",
    "19980717T14:08:55Z+01:00",
    "１９９８0717T14:08:55",
  ])("%j is no date", (text) => {
    expect(parseIso8601(text)).toBeUndefined();
  });

  test("any date of the years 0 to 9999 is read back, to the second", () => {
    const dates = fc.date({
      min: new Date("0000-01-01T00:00:00.000Z"),
      max: new Date("9999-12-31T23:59:59.999Z"),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(dates, (date) => {
        const text = formatIso8601(date) ?? "";
        expect(text).toMatch(/^\d{8}T\d\d:\d\d:\d\d$/u);
        expect(parseIso8601(text)?.getTime()).toBe(Math.floor(date.getTime() / 1000) * 1000);
      }),
    );
  });

  test.each([new Date(Number.NaN), new Date("-000001-12-31T23:59:59Z"), new Date("+010000-01-01T00:00:00Z")])(
    "%s cannot be written",
    (date) => {
      expect(formatIso8601(date)).toBeUndefined();
    },
  );
});
