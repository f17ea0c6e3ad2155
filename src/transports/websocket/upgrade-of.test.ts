import { describe, expect, test } from "vitest";
import type { HttpRequest } from "../../wires/http.js";
import { upgradeOf, type UpgradeRules } from "./upgrade-of.js";

/** The example of RFC 6455 §1.3. */
const KEY = "dGhlIHNhbXBsZSBub25jZQ==";
const ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

/** A request as browsers make it, with some fields other than usual; undefined leaves one out. */
function request(changes: Readonly<Record<string, string | undefined>> = {}, method = "GET"): HttpRequest {
  const fields = {
    host: "localhost:8080",
    connection: "keep-alive, Upgrade",
    upgrade: "WebSocket",
    "sec-websocket-version": "13",
    "sec-websocket-key": KEY,
    ...changes,
  };
  const said = Object.entries(fields).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return { method, path: "/", query: "", fields: said };
}

describe("A handshake", () => {
  test("is answered as in the specification's example", () => {
    expect(upgradeOf(request())).toEqual({
      fields: [
        ["upgrade", "websocket"],
        ["sec-websocket-accept", ACCEPT],
      ],
    });
  });

  test.each([
    ["that is a POST", request({}, "POST"), 400, '"POST"'],
    ["without upgrade", request({ upgrade: undefined }), 400, "upgrade: websocket"],
    ["to another protocol", request({ upgrade: "h2c" }), 400, "upgrade: websocket"],
    ["without connection", request({ connection: undefined }), 400, "connection: Upgrade"],
    ["whose connection does not say so", request({ connection: "keep-alive" }), 400, "connection: Upgrade"],
    ["without a version", request({ "sec-websocket-version": undefined }), 426, "13"],
    ["of version 8", request({ "sec-websocket-version": "8" }), 426, '"8"'],
    ["without a key", request({ "sec-websocket-key": undefined }), 400, "16 bytes"],
    ["with a key of 15 bytes", request({ "sec-websocket-key": "AAAAAAAAAAAAAAAAAAAA" }), 400, "16 bytes"],
    ["with a key of 17 bytes", request({ "sec-websocket-key": "AAAAAAAAAAAAAAAAAAAAAAA=" }), 400, "16 bytes"],
    ["with a key that is no base64", request({ "sec-websocket-key": "!!!!!!!!!!!!!!!!!!!!!!==" }), 400, "16 bytes"],
  ])("%s is refused", (_what, asked, status, reason) => {
    const answer = upgradeOf(asked);
    expect(answer.refusal?.status).toBe(status);
    expect("body" in answer && answer.body).toContain(reason);
  });

  test("with two keys is refused", () => {
    const { fields, ...rest } = request();
    expect(upgradeOf({ ...rest, fields: [...fields, ["sec-websocket-key", KEY]] }).refusal?.status).toBe(400);
  });

  test("of another version is told which is spoken here, and that it is an upgrade", () => {
    const { refusal } = upgradeOf(request({ "sec-websocket-version": "8" }));
    expect(refusal?.fields).toEqual(
      expect.arrayContaining([
        ["sec-websocket-version", "13"],
        ["upgrade", "websocket"],
        ["connection", "Upgrade"],
      ]),
    );
  });

  test.each([
    ["jsonrpc", "jsonrpc", "jsonrpc"],
    ["soap, jsonrpc", "jsonrpc", "jsonrpc"],
    ["JSONRPC", "jsonrpc", undefined],
    ["soap", "jsonrpc", undefined],
    [undefined, "jsonrpc", undefined],
    ["jsonrpc", undefined, undefined],
  ])("that offers the subprotocols %s to a server of %s agrees on %s", (offered, subprotocol, agreed) => {
    const { fields } = upgradeOf(request({ "sec-websocket-protocol": offered }), { subprotocol });
    expect(fields?.find(([name]) => name === "sec-websocket-protocol")?.[1]).toBe(agreed);
  });
});

describe("A page of the origin", () => {
  test.each<[origin: string, host: string | undefined, rules: UpgradeRules, allowed: boolean]>([
    ["http://localhost:8080", "localhost:8080", {}, true],
    ["https://LOCALHOST:8080", "localhost:8080", {}, true],
    ["http://localhost", "localhost:80", {}, true],
    ["https://example.com", "example.com:443", {}, true],
    ["https://example.com", "example.com:80", {}, false],
    ["http://[::1]:8080", "[::1]:8080", {}, true],
    ["http://localhost:3000", "localhost:8080", {}, false],
    ["https://evil.example", "localhost:8080", {}, false],
    ["null", "localhost:8080", {}, false],
    ["", "localhost:8080", {}, false],
    ["file://", "", {}, false],
    ["http://localhost:8080", undefined, {}, false],
    ["https://app.example.com", "localhost:8080", { allowedOrigins: ["https://app.example.com"] }, true],
    ["http://app.example.com", "localhost:8080", { allowedOrigins: ["https://app.example.com"] }, false],
    ["https://anything.example", "localhost:8080", { allowedOrigins: ["*"] }, true],
    ["null", "localhost:8080", { allowedOrigins: ["*"] }, true],
  ])("%s at the host %s: with %j it is let in: %s", (origin, host, rules, allowed) => {
    expect(upgradeOf(request({ origin, host }), rules).refusal?.status).toBe(allowed ? undefined : 403);
  });

  test("is refused with a sentence that names it", () => {
    const answer = upgradeOf(request({ origin: "https://evil.example" }));
    expect("body" in answer && answer.body).toContain('"https://evil.example"');
  });

  test("is refused where it names two", () => {
    const { fields, ...rest } = request({ origin: "http://localhost:8080" });
    const twice = { ...rest, fields: [...fields, ["origin", "https://evil.example"] as const] };
    expect(upgradeOf(twice).refusal?.status).toBe(403);
  });
});
