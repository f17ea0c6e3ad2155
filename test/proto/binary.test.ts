import {
  clone,
  create,
  type DescMethod,
  equals,
  type MessageInitShape,
  setExtension,
  getExtension,
} from "@bufbuild/protobuf";
import { anyPack, timestampFromMs } from "@bufbuild/protobuf/wkt";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { EchoRequestSchema, EchoService } from "../../examples/quickstart/gen/echo_pb.js";
import { proto } from "../../src/codecs/proto.js";
import { bound } from "./codecs.js";
import { Editions, ModernSchema } from "./gen/editions_pb.js";
import { Color, Kinds, NodeSchema, ScalarsSchema, ShapesSchema, WellKnownSchema } from "./gen/kinds_pb.js";
import { Legacy, note, OldSchema, Size } from "./gen/legacy_pb.js";

const head = { positional: false };

function sent(method: DescMethod, message: unknown): Uint8Array {
  return bound("proto", method).writeInput(message) as Uint8Array;
}

function received(method: DescMethod, bytes: Uint8Array): unknown {
  return bound("proto", method).readInput(bytes, head);
}

const scalars: MessageInitShape<typeof ScalarsSchema> = {
  double: -1.5,
  float: 0.25,
  int32: -2_147_483_648,
  int64: -9_223_372_036_854_775_808n,
  uint32: 4_294_967_295,
  uint64: 18_446_744_073_709_551_615n,
  sint32: -1,
  sint64: -1n,
  fixed32: 4_294_967_295,
  fixed64: 18_446_744_073_709_551_615n,
  sfixed32: -1,
  sfixed64: -1n,
  bool: true,
  string: "héllo ☃ 💡",
  bytes: Uint8Array.of(0, 255),
  color: Color.RED,
  longText: "9223372036854775807",
};

const shapes: MessageInitShape<typeof ShapesSchema> = {
  displayName: "a",
  maybe: 0,
  choice: { case: "node", value: { name: "n", children: [{ name: "m" }] } },
  numbers: [1, -2, 3],
  chunks: [Uint8Array.of(1), new Uint8Array(0)],
  counts: { a: 1n, ["__proto__"]: 2n },
  nodes: { 5: { name: "five" } },
  colors: { true: Color.BLUE },
  inner: { id: "x" },
};

const wellKnown: MessageInitShape<typeof WellKnownSchema> = {
  timestamp: timestampFromMs(1500),
  duration: { seconds: -1n, nanos: -5 },
  struct: { a: [1, null, { b: "c" }] },
  value: { kind: { case: "boolValue", value: true } },
  list: { values: [{ kind: { case: "numberValue", value: 5 } }] },
  any: anyPack(NodeSchema, create(NodeSchema, { name: "packed" })),
  text: "",
  long: 0n,
  bytes: Uint8Array.of(9),
  mask: { paths: ["a.b"] },
  empty: {},
};

const MESSAGES = [
  ["scalars", Kinds.method.sayScalars, create(ScalarsSchema, scalars)],
  ["all shapes of fields", Kinds.method.sayShapes, create(ShapesSchema, shapes)],
  ["well-known types", Kinds.method.sayWellKnown, create(WellKnownSchema, wellKnown)],
  ["an empty message", Kinds.method.sayShapes, create(ShapesSchema)],
  ["proto2", Legacy.method.say, create(OldSchema, { name: "o", size: Size.LARGE, unpacked: [1, 2] })],
  ["edition 2023", Editions.method.say, create(ModernSchema, { explicit: "", implicit: "i", part: { n: 5 } })],
] as const;

describe("the codec proto", () => {
  test.each(MESSAGES)("writes and reads %s", (_what, method, message) => {
    const copy = received(method, sent(method, message));
    expect(equals(method.input, copy as never, message as never)).toBe(true);
  });

  test("writes of a plain object the fields that it has", () => {
    const { echo } = EchoService.method;
    expect(sent(echo, { text: "hi" })).toEqual(Uint8Array.of(0x0a, 2, 0x68, 0x69));
    expect(sent(Kinds.method.sayShapes, shapes)).toEqual(sent(Kinds.method.sayShapes, create(ShapesSchema, shapes)));
  });

  test("tells a field that was set to nothing from one that was not set, where it is optional", () => {
    const { sayShapes } = Kinds.method;
    expect(sent(sayShapes, { maybe: 0 })).toEqual(Uint8Array.of(0x10, 0));
    expect(sent(sayShapes, {})).toHaveLength(0);
    expect(sent(Editions.method.say, { explicit: "", implicit: "" })).toEqual(Uint8Array.of(0x0a, 0));
  });

  test("keeps fields that the descriptor does not know, and writes them again", () => {
    const { echo } = EchoService.method;
    const bytes = Uint8Array.of(0x0a, 1, 0x78, 0x98, 0x06, 5, 0xa2, 0x06, 2, 7, 8);
    expect(sent(echo, received(echo, bytes))).toEqual(bytes);
  });

  test("keeps extensions, which a registry of theirs can read", () => {
    const message = create(OldSchema, { name: "o" });
    setExtension(message, note, "kept");
    const copy = received(Legacy.method.say, sent(Legacy.method.say, message));
    expect(getExtension(copy as typeof message, note)).toBe("kept");
  });

  test("keeps nothing of the bytes that it was lent", () => {
    const { echo } = EchoService.method;
    const bytes = Uint8Array.of(0x12, 2, 1, 2, 0xa2, 0x06, 2, 7, 8);
    const message = received(echo, bytes);
    const before = clone(EchoRequestSchema, message as never);
    bytes.fill(0);
    expect(message).toEqual(before);
  });

  test("gives the defaults of proto2, and says which required field is missing", () => {
    const { say } = Legacy.method;
    expect(received(say, Uint8Array.of(0x0a, 1, 0x61))).toMatchObject({ name: "a", count: 7 });
    expect(() => sent(say, { count: 1 })).toThrow("required field not set");
  });

  test("refuses bytes that are cut off within a field, wherever that is", () => {
    const { echo } = EchoService.method;
    const whole = sent(echo, { text: "hello", payload: Uint8Array.of(1, 2, 3) });
    // After its first field, of seven bytes, the message is whole for once.
    for (let end = 1; end < whole.length; end += 1) {
      if (end === 7) expect(received(echo, whole.subarray(0, end))).toMatchObject({ text: "hello" });
      else expect(() => received(echo, whole.subarray(0, end))).toThrow();
    }
  });

  test("refuses random and changed bytes with an Error, or reads something that can be written", () => {
    for (const [, method, message] of MESSAGES) {
      const whole = sent(method, message);
      const bytes = fc.oneof(
        fc.uint8Array({ maxLength: 40 }),
        fc
          .tuple(fc.nat(whole.length), fc.nat(255))
          .map(([at, byte]) => whole.map((each, i) => (i === at ? byte : each))),
      );
      fc.assert(
        fc.property(bytes, (some) => {
          let read: unknown;
          try {
            read = received(method, some);
          } catch (error) {
            expect(error).toBeInstanceOf(Error);
            return;
          }
          if (method !== Legacy.method.say) expect(sent(method, read)).toBeInstanceOf(Uint8Array);
        }),
        { seed: 11, numRuns: 150 },
      );
    }
  });

  test("refuses messages within each other beyond a hundred", () => {
    let nested = new Uint8Array(0);
    for (let depth = 1; depth < 101; depth += 1) {
      const length = nested.length < 128 ? [nested.length] : [(nested.length & 127) | 128, nested.length >> 7];
      nested = Uint8Array.of(0x12, ...length, ...nested);
      if (depth < 100) expect(received(Kinds.method.toString$, nested)).toBeDefined();
      else expect(() => received(Kinds.method.toString$, nested)).toThrow("recursion depth");
    }
  });

  test.each([undefined, null, "text", { text: "x" }, [1, 2]])("refuses %j, which is no bytes", (body) => {
    const codec = bound("proto", EchoService.method.echo);
    expect(() => codec.readInput(body, head)).toThrow("it takes one message of type echo.v1.EchoRequest");
    expect(() => codec.readOutput(body)).toThrow("it takes one message of type echo.v1.EchoReply");
  });

  test("is there for protobuf methods alone", () => {
    expect(proto.bind({ shape: "unary" })).toBeUndefined();
    expect(proto.bind({ shape: "unary", positional: true })).toBeUndefined();
  });
});
