import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CODES } from "../../call/code.js";
import { failure } from "../../call/status.js";
import { faultOf, refusal, statusOf } from "./status.js";

const ours = CODES.filter((code) => code !== "ok");

describe("Faults", () => {
  test.each([
    ["unimplemented", -32_601],
    ["invalid_argument", -32_602],
    ["internal", -32_603],
    ["canceled", -32_001],
    ["unknown", -32_002],
    ["not_found", -32_005],
    ["unauthenticated", -32_016],
  ] as const)("%s is written as %i.", (code, faultCode) => {
    expect(faultOf(failure(code, "No."))).toEqual({ faultCode, faultString: "No." });
  });

  test.each([
    [-32_700, "invalid_argument"],
    [-32_701, "invalid_argument"],
    [-32_702, "invalid_argument"],
    [-32_600, "invalid_argument"],
    [-32_500, "unknown"],
    [-32_400, "unavailable"],
    [-32_300, "unavailable"],
    [-32_003, "invalid_argument"],
    [-32_012, "unimplemented"],
  ] as const)("%i is read as %s.", (faultCode, code) => {
    expect(statusOf({ faultCode, faultString: "No." })).toEqual(failure(code, "No."));
  });

  test("Every code of ours is read back as it was written.", () => {
    for (const code of ours) expect(statusOf(faultOf(failure(code, "No.")))).toEqual(failure(code, "No."));
  });

  test("A number of an application crosses both ways.", () => {
    fc.assert(
      fc.property(fc.integer(), fc.string(), (faultCode, message) => {
        expect(faultOf(failure("aborted", message, [{ faultCode }])).faultCode).toBe(faultCode);
        const status = statusOf({ faultCode, faultString: message });
        expect(faultOf(status).faultCode === faultCode || status.details.length === 0).toBe(true);
      }),
    );
    expect(statusOf({ faultCode: 4, faultString: "No." })).toEqual(failure("unknown", "No.", [{ faultCode: 4 }]));
  });

  test.each([{ faultCode: 1.5 }, { faultCode: "4" }, { faultCode: 2 ** 31 }, { other: 4 }, null, 4])(
    "The detail %j names no number.",
    (detail) => {
      expect(faultOf(failure("aborted", "No.", [detail])).faultCode).toBe(-32_010);
    },
  );

  test("What XML forbids in a message becomes U+FFFD, and nothing else changes.", () => {
    const message = "a\u0000b\u001fc\ud800d\uffffe<&>\t\n\ré😀";
    expect(faultOf(failure("internal", message)).faultString).toBe("a\uFFFDb\uFFFDc\uFFFDd\uFFFDe<&>\t\n\ré😀");
  });

  test("A refusal is written with its own number.", () => {
    for (const number of [-32_700, -32_600, -32_008, 17])
      expect(faultOf(refusal(number, "No.")).faultCode).toBe(number);
    expect(refusal(-32_008, "No.").code).toBe("resource_exhausted");
    expect(refusal(17, "No.").code).toBe("unknown");
  });
});
