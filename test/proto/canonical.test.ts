import { create, type DescMethod, getExtension, setExtension } from "@bufbuild/protobuf";
import { anyPack, anyUnpack, timestampFromMs } from "@bufbuild/protobuf/wkt";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { EchoService } from "../../examples/quickstart/gen/echo_pb.js";
import { bound, CODECS } from "./codecs.js";
import { Editions, ModernSchema } from "./gen/editions_pb.js";
import { Color, Kinds, NodeSchema, ScalarsSchema, ShapesSchema, WellKnownSchema } from "./gen/kinds_pb.js";
import { Legacy, note, OldSchema, Size } from "./gen/legacy_pb.js";

const head = { positional: false };

function sent(method: DescMethod, message: unknown): unknown {
  return bound("value", method).writeInput(message);
}

function received(method: DescMethod, plain: unknown): unknown {
  return bound("value", method).readInput(plain, head);
}

/** Messages beside what they are in JSON. */
const MAPPED = [
  [
    "scalars, with long integers and bytes as text",
    Kinds.method.sayScalars,
    create(ScalarsSchema, {
      double: Number.NaN,
      float: -Infinity,
      int32: -5,
      int64: -9_223_372_036_854_775_808n,
      uint64: 18_446_744_073_709_551_615n,
      bool: true,
      string: "é☃",
      bytes: Uint8Array.of(251, 255),
      color: Color.RED,
      longText: "-7",
    }),
    {
      double: "NaN",
      float: "-Infinity",
      int32: -5,
      int64: "-9223372036854775808",
      uint64: "18446744073709551615",
      bool: true,
      string: "é☃",
      bytes: "+/8=",
      color: "COLOR_RED",
      longText: "-7",
    },
  ],
  [
    "all shapes of fields, by the names that they have in JSON",
    Kinds.method.sayShapes,
    create(ShapesSchema, {
      displayName: "a",
      maybe: 0,
      choice: { case: "node", value: { name: "n", children: [{ name: "m" }] } },
      numbers: [1, -2],
      chunks: [Uint8Array.of(1)],
      counts: { a: 1n, ["__proto__"]: 2n },
      nodes: { 5: { name: "five" } },
      colors: { true: Color.BLUE },
      inner: { id: "x" },
    }),
    JSON.parse(
      '{"title":"a","maybe":0,"node":{"name":"n","children":[{"name":"m"}]},"numbers":[1,-2],"chunks":["AQ=="],"counts":{"a":"1","__proto__":"2"},"nodes":{"5":{"name":"five"}},"colors":{"true":"COLOR_BLUE"},"inner":{"id":"x"}}',
    ) as unknown,
  ],
  [
    "well-known types, each in its own form",
    Kinds.method.sayWellKnown,
    create(WellKnownSchema, {
      timestamp: timestampFromMs(1500),
      duration: { seconds: -1n, nanos: -500_000_000 },
      struct: { a: [1, null, { b: "c" }] },
      value: { kind: { case: "boolValue", value: true } },
      list: { values: [{ kind: { case: "numberValue", value: 5 } }] },
      any: anyPack(NodeSchema, create(NodeSchema, { name: "packed" })),
      text: "",
      long: 5n,
      bytes: Uint8Array.of(9),
      mask: { paths: ["a_b.c"] },
      empty: {},
    }),
    {
      timestamp: "1970-01-01T00:00:01.500Z",
      duration: "-1.500s",
      struct: { a: [1, null, { b: "c" }] },
      value: true,
      list: [5],
      any: { "@type": "type.googleapis.com/test.kinds.Node", name: "packed" },
      text: "",
      long: "5",
      bytes: "CQ==",
      mask: "aB.c",
      empty: {},
    },
  ],
  ["an empty message", Kinds.method.sayShapes, create(ShapesSchema), {}],
  [
    "proto2",
    Legacy.method.say,
    create(OldSchema, { name: "o", size: Size.LARGE, unpacked: [1, 2] }),
    { name: "o", size: "LARGE", unpacked: [1, 2] },
  ],
  [
    "edition 2023",
    Editions.method.say,
    create(ModernSchema, { explicit: "", implicit: "", part: { n: 5 } }),
    { explicit: "", part: { n: 5 } },
  ],
] as const;

describe("the codec value, for protobuf methods", () => {
  test.each(MAPPED)("writes and reads %s", (_what, method, message, plain) => {
    expect(sent(method, message)).toEqual(plain);
    expect(received(method, plain)).toEqual(message);
  });

  test.each(MAPPED)("writes %s as the codec json does, in bytes", (_what, method, message, plain) => {
    const body = bound("json", method).writeInput(message) as Uint8Array;
    expect(JSON.parse(new TextDecoder().decode(body))).toEqual(plain);
    expect(bound("json", method).readInput(body, head)).toEqual(message);
  });

  test("reads fields by both of their names, long integers as numbers, and enums by number", () => {
    const message = { display_name: "a", counts: { a: 5 }, colors: { true: 2 } };
    expect(received(Kinds.method.sayShapes, message)).toMatchObject({
      displayName: "a",
      counts: { a: 5n },
      colors: { true: Color.BLUE },
    });
  });

  test("leaves out members that the descriptor does not know, and enum values too", () => {
    expect(received(EchoService.method.echo, { text: "x", more: [1] })).toEqual(
      received(EchoService.method.echo, { text: "x" }),
    );
    expect(received(Kinds.method.sayScalars, { color: "COLOR_GREEN" })).toMatchObject({ color: Color.UNSPECIFIED });
  });

  test("takes nothing, and null, for a message without fields; of a Value null is a value", () => {
    for (const nothing of [undefined, null]) {
      expect(received(EchoService.method.echo, nothing)).toMatchObject({ text: "" });
      expect(received(Kinds.method.nothing, nothing)).toMatchObject({ $typeName: "google.protobuf.Empty" });
    }
    expect(received(Kinds.method.sayValue, null)).toMatchObject({ kind: { case: "nullValue" } });
    expect(received(Kinds.method.sayValue, [1, "a"])).toMatchObject({ kind: { case: "listValue" } });
    expect(bound("value", Kinds.method.nothing).writeOutput(undefined)).toEqual({});
  });

  test("takes of a list of arguments the only one", () => {
    const codec = bound("value", EchoService.method.echo);
    expect(codec.readInput([{ text: "x" }], { positional: true })).toMatchObject({ text: "x" });
    expect(codec.readInput([], { positional: true })).toMatchObject({ text: "" });
    expect(() => codec.readInput([{}, {}], { positional: true })).toThrow("it takes one argument, and 2 came");
    expect(codec.readInput({ text: "x" }, { positional: false, named: true })).toMatchObject({ text: "x" });
  });

  test("reads and writes any and extensions of types that the service's file knows", () => {
    const any = { "@type": "type.googleapis.com/test.kinds.Node", children: [{ name: "x" }] };
    const known = received(Kinds.method.sayWellKnown, { any }) as ReturnType<typeof create<typeof WellKnownSchema>>;
    expect(known.any && anyUnpack(known.any, NodeSchema)?.children).toMatchObject([{ name: "x" }]);
    const time = { "@type": "type.googleapis.com/google.protobuf.Timestamp", value: "1970-01-01T00:00:01Z" };
    expect(sent(Kinds.method.sayWellKnown, received(Kinds.method.sayWellKnown, { any: time }))).toEqual({ any: time });
    const old = create(OldSchema, { name: "o" });
    setExtension(old, note, "n");
    expect(sent(Legacy.method.say, old)).toEqual({ name: "o", "[test.legacy.note]": "n" });
    const read = received(Legacy.method.say, { name: "o", "[test.legacy.note]": "m" }) as typeof old;
    expect(getExtension(read, note)).toBe("m");
  });

  test("refuses an any of a type that nobody knows", () => {
    const any = { "@type": "type.googleapis.com/no.Such" };
    expect(() => received(Kinds.method.sayWellKnown, { any })).toThrow("no.Such is not in the type registry");
  });

  test.each([
    [Kinds.method.sayScalars, { int32: 1.5 }, "int32"],
    [Kinds.method.sayScalars, { int32: 2_147_483_648 }, "int32"],
    [Kinds.method.sayScalars, { int64: "9223372036854775808" }, "int64"],
    [Kinds.method.sayScalars, { bytes: "?" }, "bytes"],
    [Kinds.method.sayScalars, { string: 5 }, "string"],
    [Kinds.method.sayShapes, { text: "a", number: "5" }, "choice"],
    [Kinds.method.sayShapes, { title: "a", display_name: "b" }, "display_name"],
    [Kinds.method.sayTime, "yesterday", "Timestamp"],
    [EchoService.method.echo, "text", "echo.v1.EchoRequest"],
    [EchoService.method.echo, [], "echo.v1.EchoRequest"],
    [EchoService.method.echo, 5, "echo.v1.EchoRequest"],
  ] as const)("refuses, of %s, %j, and says what is wrong", (method, plain, what) => {
    expect(() => received(method, plain)).toThrow(what);
  });

  test("reads any value whatever, or refuses it with an Error", () => {
    const fields = fc.constantFrom("title", "maybe", "text", "node", "numbers", "counts", "nodes", "inner", "chunks");
    const messages = fc.oneof(fc.jsonValue(), fc.dictionary(fields, fc.jsonValue()));
    fc.assert(
      fc.property(messages, (plain) => {
        try {
          sent(Kinds.method.sayShapes, received(Kinds.method.sayShapes, plain));
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
        }
      }),
      { seed: 3, numRuns: 300 },
    );
  });

  test("refuses messages within each other beyond a hundred", () => {
    let plain: unknown = {};
    for (let depth = 0; depth < 300; depth += 1) plain = { children: [plain] };
    expect(() => received(Kinds.method.toString$, plain)).toThrow("recursion depth");
  });

  test("has no part in other methods", () => {
    const codec = CODECS.value.bind({ shape: "unary", positional: true });
    expect(codec.readInput([1, 2], head)).toEqual([1, 2]);
    expect(CODECS.value.bind({ shape: "unary" }).writeInput({ a: 1 })).toEqual({ a: 1 });
  });
});
