import { describe, expect, test } from "vitest";
import { ColorSchema, ShapesSchema } from "../../test/proto/gen/kinds_pb.js";
import { Legacy } from "../../test/proto/gen/legacy_pb.js";
import { protoText } from "./proto-text.js";

describe("protoText", () => {
  test("Writes a message with labels, maps, choices, names in JSON and what it declares inside.", () => {
    expect(protoText(ShapesSchema)).toBe(`message test.kinds.Shapes {
  string display_name = 1 [json_name = "title"];
  optional int32 maybe = 2;

  oneof choice {
    string text = 3;
    int64 number = 4;
    test.kinds.Node node = 5;
  }

  repeated int32 numbers = 6;
  repeated bytes chunks = 7;
  map<string, int64> counts = 8;
  map<int32, test.kinds.Node> nodes = 9;
  map<bool, test.kinds.Color> colors = 10;
  test.kinds.Shapes.Inner inner = 11;

  message Inner {
    string id = 1;
  }
}`);
  });

  test("Writes an enum.", () => {
    expect(protoText(ColorSchema)).toBe(
      "enum test.kinds.Color {\n  COLOR_UNSPECIFIED = 0;\n  COLOR_RED = 1;\n  COLOR_BLUE = 2;\n}",
    );
  });

  test("Writes a method in its service, then its messages, each once, with what proto2 says of fields.", () => {
    expect(Legacy.methods.map(protoText)).toEqual([
      `service test.legacy.Legacy {
  rpc Say(test.legacy.Old) returns (test.legacy.Old);
}

message test.legacy.Old {
  required string name = 1;
  optional int32 count = 2 [default = 7];
  optional test.legacy.Size size = 3;
  repeated int32 unpacked = 4;
  extensions 100 to 199;
}`,
    ]);
  });
});
