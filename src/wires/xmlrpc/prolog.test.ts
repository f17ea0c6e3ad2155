import { describe, expect, test } from "vitest";
import { Prolog } from "./prolog.js";

function found(text: string, pieces: readonly string[]): boolean {
  const prolog = new Prolog();
  return pieces.some((piece) => prolog.read(piece));
}

describe("A document type before the root", () => {
  test.each([
    ["<!DOCTYPE a>", true],
    ['<?xml version="1.0"?>\n<!DOCTYPE a [', true],
    ["<!-- a --><!D", true],
    ["<!-- - -- ---><!D", false],
    ["<?pi ?? > ?><!D", true],
    ["<!-- <!DOCTYPE a> --><a>", false],
    ["<?pi <!DOCTYPE a> ?><a>", false],
    ["<a><!DOCTYPE a>", false],
    ["<![CDATA[<!DOCTYPE a>", false],
    ["<!d", false],
    ["", false],
  ])("%j: %s.", (text, expected) => {
    expect(found(text, [text])).toBe(expected);
    expect(found(text, [...text])).toBe(expected);
    for (let at = 0; at < text.length; at += 1) expect(found(text, [text.slice(0, at), text.slice(at)])).toBe(expected);
  });
});
