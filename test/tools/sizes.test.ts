import { expect, test } from "vitest";
import { nearLimit, sizes } from "../../tools/sizes.js";
import { fixture } from "./fixture.js";

function check(path: string, text: string): readonly string[] {
  return sizes(fixture({ [path]: text }));
}

test("The size check accepts small files with few named exports, and the public face with many.", () => {
  const root = fixture({
    "src/call/serve.ts":
      "export function a(x: number): void;\nexport function a(x: string): void;\nexport const b = 1;\n",
    "src/server.ts": `export { a, b, c, d } from "./call/serve.js";\n`,
    "src/call/serve.test.ts": "x;\n".repeat(900),
    "src/wires/http2/hpack.ts": "x;\n".repeat(250),
  });
  expect(sizes(root)).toEqual([]);
  expect(nearLimit(root)).toEqual([]);
});

test("A file over 400 lines fails, and one over 250 is remarked on.", () => {
  const root = fixture({ "src/call/long.ts": "x;\n".repeat(401), "src/call/near.ts": "x;\n".repeat(400) });
  expect(sizes(root)).toEqual([expect.stringContaining("src/call/long.ts has 401 lines")]);
  expect(nearLimit(root)).toEqual([expect.stringContaining("src/call/near.ts has 400 lines")]);
});

test.each(["index.ts", "utils.ts", "helpers/a.ts", "types.ts", "common/b.ts", "call-manager.ts", "routeTable.ts"])(
  "The name src/call/%s is refused.",
  (name) => {
    expect(check(`src/call/${name}`, "")).toHaveLength(1);
  },
);

test("A fourth export is refused, and types beside what they describe do not count.", () => {
  const types = "export interface B {}\nexport type C = 1;\n";
  const text = `${types}export class A {}\nexport async function d() {}\nexport const e = 1;\nexport let f = 2;\n`;
  expect(check("src/call/three.ts", text.replace(/export let.*/, ""))).toEqual([]);
  expect(check("src/call/many.ts", text)).toEqual([expect.stringContaining("has 4, over 3")]);
});

test.each([
  ["a default export", "export default 1;\n"],
  ["a barrel", `export * from "./a.js";\n`],
  ["a named barrel", `export * as a from "./a.js";\n`],
  ["a re-export outside the root files", `export { a } from "./a.js";\n`],
  ["a re-export of types", `export type { A } from "./a.js";\n`],
  ["an export list", "const a = 1;\nexport { a };\n"],
])("In a room, %s is refused.", (_, text) => {
  expect(check("src/call/face.ts", text)).toEqual([expect.stringContaining("src/call/face.ts:")]);
});
