import { describe, expect, test } from "vitest";
import { rooms } from "../../tools/rooms.js";
import { fixture } from "./fixture.js";

function check(path: string, text: string): readonly string[] {
  return rooms(fixture({ [path]: text }));
}

describe("the law of rooms", () => {
  test("accepts a tree in which every room imports what the table allows", () => {
    const root = fixture({
      "src/server.ts": `import { serve } from "./call/serve.js";\nimport { isIP } from "node:net";\nexport { attach } from "./link/attach.js";\n`,
      "src/call/serve.ts": `import type { Service } from "../contract/service.js";\nimport { fold } from "./interceptors/fold.js";\n`,
      "src/codecs/json.ts": `import type { Body } from "../call/sink.js";\nimport { concat } from "../bytes/concat.js";\n`,
      "src/codecs/proto.ts": `import { toBinary } from "@bufbuild/protobuf";\nimport { x } from "@bufbuild/protobuf/wire";\n`,
      "src/wires/detect.ts": `import type { Wire } from "./wire.js";\n`,
      "src/wires/xmlrpc/codec.ts": `import { SaxesParser } from "saxes";\nimport { STATUS } from "./status.js";\nimport { detect } from "../detect.js";\n`,
      "src/transports/tcp.ts": `import { connect } from "node:net";\nimport type { Wire } from "../wires/wire.js";\n`,
      "src/link/attach.ts": `import { detect } from "../wires/detect.js";\nimport type { Dispatch } from "../call/sink.js";\n`,
      "src/cli/call.ts": `import { Command } from "commander";\nimport { serve } from "../server.js";\nimport { grpc } from "../wires/grpc/wire.js";\n`,
      "src/call/serve.test.ts": `import { frame } from "../wires/frame/wire.js";\nimport { test } from "vitest";\n`,
    });
    expect(rooms(root)).toEqual([]);
  });

  test.each([
    ["call may not import a wire", "src/call/serve.ts", `import { x } from "../wires/wire.js";`],
    ["call may not import Node", "src/call/serve.ts", `import { x } from "node:net";`],
    ["contract imports nothing", "src/contract/service.ts", `import type { Call } from "../call/call.js";`],
    ["bytes imports nothing", "src/bytes/concat.ts", `export { x } from "../contract/service.js";`],
    ["observe imports nothing", "src/observe/counter.ts", `import { hrtime } from "node:process";`],
    ["a wire may not import a transport", "src/wires/grpc/wire.ts", `import "../../transports/tcp.js";`],
    ["a wire may not import Node", "src/wires/grpc/wire.ts", `const zlib = import("node:zlib");`],
    ["a transport may not import call", "src/transports/tcp.ts", `import type { Call } from "../call/call.js";`],
    ["link may not name a wire", "src/link/attach.ts", `import { grpc } from "../wires/grpc/wire.js";`],
    ["link may not import contract", "src/link/attach.ts", `import type { S } from "../contract/service.js";`],
    ["models may not import contract", "src/models/async.ts", `import { s } from "../contract/service.js";`],
    ["a page's room may not import Node", "src/web/page.ts", `import { x } from "node:net";`],
    ["a page's room may not import what of link needs Node", "src/web/page.ts", `import { x } from "../link/pool.js";`],
    ["a root file may not import cli", "src/server.ts", `import { main } from "./cli/main.js";`],
    ["a room may not import a root file", "src/link/dial.ts", `import { serve } from "../server.js";`],
    ["a room that is not in the table may not exist", "src/attic/thing.ts", `export {};`],
    ["no file may import from outside src", "src/server.ts", `import { x } from "../tools/rooms.js";`],
  ])("catches that %s", (_, path, text) => {
    const found = check(path, `// first\n${text}\n`);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(/^[A-Z].*\.$/s);
    expect(found[0]).toContain(path);
  });

  test("quotes the place, the import, and what would be allowed", () => {
    expect(check("src/call/serve.ts", `\n\nimport { x } from "../wires/wire.js";\n`)).toEqual([
      `Room call may not import wires (it may import contract, observe): src/call/serve.ts:3 says import "../wires/wire.js". Turn the import around, or hand it in from a root file.`,
    ]);
  });

  test("takes only types where the table says so", () => {
    const found = check("src/codecs/json.ts", `import { type Sink } from "../call/sink.js";\n`);
    expect(found).toEqual([expect.stringContaining(`Write "import type"`)]);
    const transport = check("src/transports/tcp.ts", `import { WIRE } from "../wires/wire.js";\n`);
    expect(transport).toEqual([expect.stringContaining("only types from wires/wire.ts")]);
  });

  test("keeps one wire from knowing another", () => {
    expect(check("src/wires/grpcweb/codec.ts", `import { frame } from "../grpc/codec.js";\n`)).toEqual([
      expect.stringContaining("Wires may not know each other"),
    ]);
    expect(check("src/wires/detect.ts", `import { grpc } from "./grpc/wire.js";\n`)).toHaveLength(1);
  });

  test("leaves each runtime dependency to its room", () => {
    expect(check("src/cli/call.ts", `import { WebSocket } from "ws";\n`)).toHaveLength(1);
    expect(check("src/wires/jsonrpc/codec.ts", `import { SaxesParser } from "saxes";\n`)).toHaveLength(1);
    expect(check("src/contract/service.ts", `import { z } from "zod";\n`)).toHaveLength(1);
  });

  test.each(["await x;", "async function f() {}", "setTimeout(f, 1);", "Date.now();", "new Date();", "process.env;"])(
    "catches input, output or time in a wire: %s",
    (text) => {
      expect(check("src/wires/frame/session.ts", text)).toEqual([expect.stringContaining("sans-I/O")]);
    },
  );

  test("catches a promise and a Buffer in a codec, but not their names in comments, strings and other words", () => {
    expect(check("src/codecs/json.ts", "const a: Promise<Buffer> = b;")).toHaveLength(2);
    expect(
      check(
        "src/codecs/json.ts",
        "// await a Promise\nconst a = `Buffer ${x.process.y}`; let b: ArrayBuffer; b.await;",
      ),
    ).toEqual([]);
  });
});
