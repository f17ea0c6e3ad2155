import { expect, test } from "vitest";
import { served } from "./served.js";

const KINDS =
  "nothing null plain date money within point map buffer bytes func funcWithin symbol symbolWithin bigint bigintWithin cycle deep bare proxy error boxed throwing getter promise weak".split(
    " ",
  );

test("What methods answer, and the details of their errors, reach the caller under pool as under async, be they JSON or not.", async () => {
  const answers = await Promise.all(
    (["async", "pool"] as const).map(async (model) => {
      const { connect } = await served(model);
      const peer = await connect();
      for (const [at, kind] of KINDS.entries()) {
        peer.say({ in: "values", params: kind, id: at + 1 });
        peer.say({ in: "details", params: kind, id: at + 101 });
      }
      peer.say({ in: "tools.Streams/torn", id: 201 });
      const frames = (await peer.hearAll(KINDS.length * 2 + 2)) as { id: number }[];
      return frames.toSorted((one, other) => one.id - other.id);
    }),
  );
  expect(answers[1]).toEqual(answers[0]);
});
