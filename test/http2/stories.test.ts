import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { OutBuffer } from "../../src/bytes/out-buffer.js";
import { HpackDecoder } from "../../src/transports/http2/hpack-decoder.js";
import { HpackEncoder } from "../../src/transports/http2/hpack-encoder.js";

/** What hpack-test-case has of one conversation: its lists of fields, and how each of several programs wrote them. */
interface Story {
  readonly lists: readonly (readonly (readonly [name: string, value: string])[])[];
  readonly encoders: Readonly<Record<string, { readonly tableSize: number; readonly wires: readonly string[] }>>;
}

// The file beside this one has this shape.
const story = JSON.parse(readFileSync(new URL("vectors/hpack-stories.json", import.meta.url), "utf8")) as Story;

function pairs(decoder: HpackDecoder, bytes: Uint8Array): unknown {
  return decoder.decode(bytes, 0, bytes.length)?.fields.map(({ name, value }) => [name, value]);
}

describe("A conversation's header blocks", () => {
  test.each(Object.keys(story.encoders))("as %s wrote them are read.", (name) => {
    const { tableSize, wires } = story.encoders[name] ?? { tableSize: 0, wires: [] };
    const decoder = new HpackDecoder(tableSize, 1_000_000);
    expect(wires.map((wire) => pairs(decoder, Buffer.from(wire, "hex")))).toEqual(story.lists);
  });

  test.each([0, 60, 256, 4096])("as we write them, at a table of %i bytes, are read.", (limit) => {
    const encoder = new HpackEncoder();
    const decoder = new HpackDecoder(4096, 1_000_000);
    encoder.limit(limit);
    const read = story.lists.map((list) => {
      const out = new OutBuffer();
      encoder.encode(
        list.map(([name, value]) => ({ name, value })),
        out,
      );
      return pairs(decoder, out.view());
    });
    expect(read).toEqual(story.lists);
  });

  test("that are cut anywhere are refused, or mean what their beginning says; nothing is thrown.", () => {
    for (const { tableSize, wires } of Object.values(story.encoders)) {
      const bytes = Buffer.from(wires[0] ?? "", "hex");
      for (let end = 0; end < bytes.length; end += 1) {
        const cut = new HpackDecoder(tableSize, 1_000_000).decode(bytes, 0, end);
        const fields = cut?.fields.map(({ name, value }) => [name, value]);
        if (fields !== undefined) expect(fields).toEqual(story.lists[0]?.slice(0, fields.length));
      }
    }
  });
});
