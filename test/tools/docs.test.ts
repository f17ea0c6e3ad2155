import { expect, test } from "vitest";
import { docs } from "../../tools/docs.js";
import { fixture } from "./fixture.js";

function check(text: string): readonly string[] {
  return docs(fixture({ "src/call/a.ts": text }));
}

test("The doc check accepts exports with a sentence right above, overloads with one, and re-exports with none.", () => {
  const text = `export { x } from "./x.js";
/** Adds two numbers and never fails. */
export function add(a: number, b: number): number;
export function add(a: string, b: string): string;
/**
 * \`Code\` names what went wrong,
 * as in gRPC.
 * @see RFC 9113
 */
// oxlint-disable-next-line some-rule -- a reason
export type Code = "ok";
const inner = "export const text = 1;";
`;
  expect(check(text)).toEqual([]);
});

test.each([
  ["no comment", "export const a = 1;\n"],
  ["a line comment", "// It is the first of all.\nexport class A {}\n"],
  ["a comment that is no doc comment", "/* It is the first of all. */\nexport interface A {}\n"],
  ["a doc comment of something else", "/** It is the first of all. */\nconst a = 1;\nexport enum B {}\n"],
  ["a doc comment with a gap", "/** It is the first of all. */\n\nexport async function a() {}\n"],
  ["no sentence", "/** the answer */\nexport const a = 42;\n"],
  ["only tags", "/** @returns The answer to all questions. */\nexport function a() {}\n"],
])("An export with %s is caught.", (_, text) => {
  expect(check(text)).toEqual([expect.stringMatching(/^No .*src\/call\/a\.ts:\d+ exports \w+\./)]);
});
