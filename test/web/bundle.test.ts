import { beforeAll, describe, expect, test } from "vitest";
import * as inBrowsers from "../../src/in-browsers.js";
import * as server from "../../src/server.js";
import { type Bundle, bundled, gzippedBytes, modulesOf } from "./bundled.js";

const MOST_BYTES = 12_000;

const PAGE = `
  import { serverStream, service, unary } from "callwire";
  import { connect, RpcError, withOptions } from "callwire/web";
  const Greeter = service("demo.Greeter", { hello: unary(), ticks: serverStream() });
  const client = connect(Greeter, "http://127.0.0.1:8080");
  export const run = () => withOptions(client, { timeoutMs: 500 }).hello().catch((error) => error instanceof RpcError);
`;

describe("A page that calls by Connect in JSON", () => {
  let bundle: Bundle;

  beforeAll(async () => {
    bundle = await bundled(PAGE);
  });

  test(`loads at most ${MOST_BYTES} bytes, gzipped, before it can call.`, () => {
    expect(gzippedBytes(bundle, bundle.first)).toBeLessThanOrEqual(MOST_BYTES);
  });

  test("loads no other wire, no WebSocket, no streams and no protobuf until a call needs them.", () => {
    const loaded = modulesOf(bundle, bundle.first);
    expect(loaded.some((path) => path.endsWith("dist/web.js"))).toBe(true);
    expect(loaded.filter((path) => /wires\/(?:grpc|jsonrpc)|stream-asking|web-socket|@bufbuild/u.test(path))).toEqual(
      [],
    );
    const all = modulesOf(bundle, [...bundle.files.keys()]);
    for (const part of ["wires/jsonrpc/", "wires/grpcweb/", "stream-asking", "web/web-sockets", "@bufbuild/protobuf"])
      expect(all.some((path) => path.includes(part))).toBe(true);
  });

  test("needs nothing of node, and no code of servers.", () => {
    const { inputs, outputs } = bundle.metafile;
    const imported = [...Object.values(inputs), ...Object.values(outputs)].flatMap(({ imports }) => imports);
    expect(imported.filter(({ path, external }) => external === true || path.startsWith("node:"))).toEqual([]);
    expect(Object.keys(inputs).filter((path) => /\/(?:ws|transports|models|cli)\/|server/u.test(path))).toEqual([]);
  });
});

test("What the package is in browsers has every value that it has in node, and serve() says why it cannot.", () => {
  expect(Object.keys(inBrowsers).toSorted()).toEqual(Object.keys(server).toSorted());
  expect(() => inBrowsers.serve()).toThrow("A page cannot serve()");
});
