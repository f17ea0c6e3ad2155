import { create, createFileRegistry } from "@bufbuild/protobuf";
import {
  FieldDescriptorProto_Label,
  FieldDescriptorProto_Type,
  FileDescriptorSetSchema,
  MethodOptions_IdempotencyLevel,
} from "@bufbuild/protobuf/wkt";
import { implement, serve } from "callwire";
import { connect } from "callwire/client";
import { expect, onTestFinished, test } from "vitest";
import { asked, json } from "./asked.js";

const text = {
  name: "text",
  number: 1,
  jsonName: "text",
  type: FieldDescriptorProto_Type.STRING,
  label: FieldDescriptorProto_Label.OPTIONAL,
};
const types = { inputType: ".demo.v1.Text", outputType: ".demo.v1.Text" };
const { NO_SIDE_EFFECTS, IDEMPOTENT } = MethodOptions_IdempotencyLevel;

/** What a compiler makes of two methods, of which one has the option. */
const FILE = {
  name: "words.proto",
  package: "demo.v1",
  syntax: "proto3",
  messageType: [{ name: "Text", field: [text] }],
  service: [
    {
      name: "Words",
      method: [
        { name: "Look", ...types, options: { idempotencyLevel: NO_SIDE_EFFECTS } },
        { name: "Keep", ...types, options: { idempotencyLevel: IDEMPOTENT } },
      ],
    },
  ],
};

test("Methods of protobuf that say so have no side effects: they answer GET, and our client asks by it.", async () => {
  const Words = createFileRegistry(create(FileDescriptorSetSchema, { file: [FILE] })).getService("demo.v1.Words");
  if (Words === undefined) throw new Error("The file declares demo.v1.Words.");
  const words = implement(Words, { look: (input: object) => input, keep: (input: object) => input });
  const server = await serve([words], { listen: ["tcp://127.0.0.1:0"], log: () => {} });
  onTestFinished(() => server.stop({ graceMs: 0 }));
  const [address = ""] = server.addresses;
  const get = (method: string): ReturnType<typeof asked> =>
    asked(address, "HTTP/1.1", {
      method: "GET",
      path: `/demo.v1.Words/${method}?connect=v1&encoding=json&message=%7B%22text%22%3A%22x%22%7D`,
    });
  expect(json(await get("Look"))).toEqual({ text: "x" });
  expect((await get("Keep")).status).toBe(405);
  const client = connect(Words, address.replace("tcp", "connect"), { useHttpGet: true });
  onTestFinished(() => client[Symbol.asyncDispose]());
  for (const method of ["look", "keep"]) expect(await client[method]?.({ text: "ü" })).toMatchObject({ text: "ü" });
});
