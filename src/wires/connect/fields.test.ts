import { expect, test } from "vitest";
import { NO_FIELDS } from "../../call/fields.js";
import { metadataOf, prefixedTrailers, splitMetadata } from "./fields.js";

test("What says how a message travels, and the protocol's own, is no metadata.", () => {
  const kept = [["x-a", "1"] as const, ["user-agent", "me"] as const];
  const dropped = [
    "content-type",
    "content-length",
    "content-encoding",
    "connection",
    "connect-timeout-ms",
    "connect-x",
  ];
  expect(metadataOf([...kept, ...dropped.map((name) => [name, "x"] as const)])).toEqual(kept);
  expect(metadataOf([["te", "trailers"]])).toBe(NO_FIELDS);
  expect(metadataOf(kept)).toBe(kept);
});

test("Trailers of a unary call have a prefix.", () => {
  const trailers = [["x-a", "1"] as const, ["x-b-bin", "AA"] as const];
  expect(splitMetadata([["x-h", "0"], ...prefixedTrailers(trailers)])).toEqual({ heads: [["x-h", "0"]], trailers });
  expect(splitMetadata([["content-type", "x"]])).toEqual({ heads: NO_FIELDS, trailers: NO_FIELDS });
});
