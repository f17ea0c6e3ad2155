import { expect, test } from "vitest";
import { detectBaidu } from "./detect.js";

test("PRPC is this wire's, its beginning may be, and all else is not.", () => {
  const verdict = (text: string): string => detectBaidu(new TextEncoder().encode(text));
  expect(["", "P", "PR", "PRP"].map(verdict)).toEqual(["more", "more", "more", "more"]);
  expect(["PRPC", "PRPC\0\0", "PRPC\u0001more"].map(verdict)).toEqual(["mine", "mine", "mine"]);
  expect(["G", "PO", "PRI * HTTP", "PROPFIND /", "STRM", "\0\0\0\0"].map(verdict)).toEqual(
    Array<string>(6).fill("other"),
  );
});
