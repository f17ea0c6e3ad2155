import { expect, test } from "vitest";
import { place, sources } from "../../tools/source.js";
import { fixture } from "./fixture.js";

function code(text: string): string | undefined {
  return sources(fixture({ "src/a.ts": text }), "src")[0]?.code;
}

test.each([
  ["comments", "a; // b\n/* c */ d;", "a;     \n        d;"],
  ["strings", `f("a // b", 'c\\'d');`, `f("      ", '    ');`],
  ["templates around their values", "`a ${b + `c ${d} e` + {}.f} g` + h", "`   {b + `   {d}  ` + {}.f}  ` + h"],
  ["patterns, but with divisions", `x = /"\\/[/]/; y = a / b / c;`, `x = /      /; y = a / b / c;`],
])("A source is split into code without %s.", (_, text, expected) => {
  expect(code(text)).toBe(expected);
});

test("Comments are kept apart, at the places where they stand, and tests and generated code are left out.", () => {
  const root = fixture({
    "src/b/a.ts": `x; // one\n"// two";\n`,
    "src/b/a.test.ts": "y;",
    "src/gen/a_pb.ts": "z;",
    "src/b/a.json": "{}",
  });
  const [source, ...others] = sources(root, "src");
  expect(others).toEqual([]);
  expect(source?.notes).toBe(`   // one\n         \n`);
  expect(source && place(source, 10)).toBe("src/b/a.ts:2");
  expect(sources(root, "missing")).toEqual([]);
});
