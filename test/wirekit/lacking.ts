import { describe, expect, test } from "vitest";
import type { RpcError } from "../../src/call/rpc-error.js";
import type { Carries } from "./carries.js";
import { arrange, errorFrom, type Open, plainClient } from "./world.js";

/** What a wire has to do in place of what it cannot carry. A wire that carries everything has no tests here. */
export function lacking(open: Open, { streams, text }: Carries): void {
  if (!streams) noStreams(open);
  if (text === "xml") xmlText(open);
}

function noStreams(open: Open): void {
  describe("Without streams", () => {
    test("a call with a stream ends as unimplemented, with a message that says which way can, and the next call works.", async () => {
      const { client } = await arrange(open);
      for (const call of [() => client.count({ to: 2 }), () => client.sum([1, 2]), () => client.double([1, 2])]) {
        const error = await errorFrom(call());
        expect(error.code).toBe("unimplemented");
        expect(error.message).toMatch(/jsonrpc\+ws|\bstream/u);
        expect(await client.echo("next")).toBe("next");
      }
    });
  });
}

function xmlText(open: Open): void {
  describe("Where text is XML, a character that XML cannot hold", () => {
    test("is an invalid argument from the caller, and the next call works.", async () => {
      const { client } = await arrange(open);
      for (const [codePoint, character] of OUTSIDE_XML) {
        for (const input of [character, `text ${character}`, [{ deep: character }], { [character]: 1 }])
          expectNamed(await errorFrom(client.echo(input)), "invalid_argument", codePoint);
        expect(await client.echo("next")).toBe("next");
      }
    });

    test("is internal from the method, and the next call works.", async () => {
      const { world } = await arrange(open);
      const calc = plainClient(world);
      for (const [codePoint, character] of OUTSIDE_XML) {
        expectNamed(await errorFrom(calc.character(character.charCodeAt(0))), "internal", codePoint);
        expect(await calc.add(2, 3)).toBe(5);
      }
    });
  });
}

/** Of each kind one: controls, noncharacters, surrogates without their other half (XML 1.0 §2.2). */
const OUTSIDE_XML: readonly (readonly [codePoint: string, character: string])[] = [
  ["U+0000", "\u0000"],
  ["U+001F", "\u001F"],
  ["U+FFFE", "\uFFFE"],
  ["U+FFFF", "\uFFFF"],
  ["U+D83E", "\uD83E"],
  ["U+DD8A", "\uDD8A"],
];

function expectNamed(error: RpcError, code: string, codePoint: string): void {
  expect(error.code).toBe(code);
  expect(error.message).toContain(codePoint);
}
