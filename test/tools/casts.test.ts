import { expect, test } from "vitest";
import { casts } from "../../tools/casts.js";
import { fixture } from "./fixture.js";

function check(text: string): readonly string[] {
  return casts(fixture({ "src/call/a.ts": text }));
}

test("The cast check accepts casts with a reason, renames, const, mapped keys, comments and strings.", () => {
  const text = `import { a as b } from "./a.js";
import * as all from "./all.js";
import c, { d as e } from "./c.js";
export { b as f };
const list = [1, 2] as const;
const x = b as string; // the wire has checked it
// The wire has checked it.
const y = all as Map<string, string>;
type Keys<T> = { [K in keyof T as \`on\${K & string}\`]: T[K] };
// as far as we know, this is no cast as such
const z = "known as text" + \`as \${e} as well\`;
const shape = { as: 1 };
shape.as;
`;
  expect(check(text)).toEqual([]);
});

test.each([
  ["const x = y as string;", 1],
  ["const x = y as unknown as string;", 2],
  ["const x = f(y) as { a: number };", 1],
  ["const x = [] as [string, number][];", 1],
  ["const x = `${y as string}`;", 1],
  ["// The reason of another line.\nconst w = 1;\nconst x = y as string;", 1],
  ["const w = 1; // the reason of another line\nconst x = y as string;", 1],
  ["// oxlint-disable-next-line some-rule\nconst x = y as string;", 1],
  [`const x = "// no reason" as string;`, 1],
])("A cast without a reason is caught: %s", (text, count) => {
  const found = check(`${text}\n`);
  expect(found).toHaveLength(count);
  expect(found[0]).toContain("Cast without a reason: src/call/a.ts:");
});
