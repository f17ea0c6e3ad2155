import { implement } from "callwire";
import { loadProto } from "callwire/proto";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { echoService } from "../../examples/quickstart/echo.js";
import { introspection, type ServiceInfo } from "../../src/call/introspection.js";
import { openRpcOf } from "../../src/wires/jsonrpc/open-rpc.js";

const SET = fileURLToPath(new URL("gen/notes.binpb", import.meta.url));

function told(...services: Parameters<typeof introspection>[0]): readonly ServiceInfo[] {
  const { services: list } = introspection(services).target;
  return (list as () => readonly ServiceInfo[])();
}

test("Introspection describes protobuf methods by their own names, with the JSON Schemas of their messages.", () => {
  const [echo] = told(echoService);
  expect(echo?.name).toBe("echo.v1.EchoService");
  expect(echo?.methods.map(({ name, shape }) => [name, shape])).toEqual([
    ["Echo", "unary"],
    ["Count", "serverStream"],
    ["Sum", "clientStream"],
    ["Chat", "bidi"],
  ]);
  expect(echo?.methods[1]).toMatchObject({
    input: { type: "object", properties: { to: { type: "integer" }, delayMs: { type: "integer" } } },
    output: { type: "object", properties: { n: { type: "integer" } } },
  });
  expect(JSON.parse(JSON.stringify(echo))).toEqual(echo);
});

test("Introspection tells the comments of a file that was loaded with them.", async () => {
  const notes = (await loadProto(SET))["test.notes.Notes"];
  if (notes === undefined) throw new Error("The set lacks its service.");
  const [info] = told(implement(notes, { keep: () => ({}), find: () => [] }));
  expect(info?.methods.map(({ doc }) => doc)).toEqual(["Keeps a note.\nIt may be found again.", undefined]);
});

test("The document of OpenRPC holds protobuf methods.", () => {
  const document = JSON.stringify(openRpcOf(told(echoService)));
  expect(document).toContain("echo.v1.EchoService.Echo");
});
