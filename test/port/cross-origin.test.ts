import { connect, type IncomingHttpHeaders } from "node:http2";
import { describe, expect, onTestFinished, test } from "vitest";
import { message } from "../grpc/message.js";
import { served as servedEcho } from "../grpc/served.js";
import { served } from "../frame/served.js";
import { type Answered, asked } from "./asked.js";

const PAGE = "https://app.example";
const OTHER = "https://other.example";
const LISTED = { allowedOrigins: [PAGE] };
const JSON_TYPE = { "content-type": "application/json" };
const BODY = '{"jsonrpc":"2.0","id":1,"method":"tools.add","params":[2,3]}';

/** Asks beforehand, as browsers do. */
async function preflight(address: string, origin: string, headers?: string): Promise<Answered> {
  return await asked(address, {
    method: "OPTIONS",
    path: "/echo.v1.EchoService/Echo",
    headers: {
      origin,
      "access-control-request-method": "POST",
      ...(headers === undefined ? {} : { "access-control-request-headers": headers }),
    },
  });
}

/** The fields of an answer that are about origins. */
function said({ headers }: Answered): Record<string, unknown> {
  const names = Object.entries(headers).filter(([name]) => name.startsWith("access-control-") || name === "vary");
  return Object.fromEntries(names);
}

describe("A question asked beforehand", () => {
  test("by a page of a listed origin is answered with what it may send, for two hours.", async () => {
    const { address } = await served(LISTED);
    const answer = await preflight(address, PAGE, "Content-Type, x-grpc-web,x-mine, b@d");
    expect([answer.status, answer.text]).toEqual([204, ""]);
    const { "access-control-allow-headers": allowed, ...others } = said(answer);
    expect(others).toEqual({
      "access-control-allow-origin": PAGE,
      "access-control-allow-credentials": "true",
      "access-control-allow-methods": "GET, POST",
      "access-control-max-age": "7200",
      vary: "origin, access-control-request-headers",
    });
    const names = String(allowed).split(", ");
    for (const name of ["content-type", "x-grpc-web", "connect-protocol-version", "grpc-timeout", "x-mine"])
      expect(names.filter((each) => each === name)).toEqual([name]);
    expect(names).not.toContain("b@d");
  });

  test("where any origin may call says so, without credentials.", async () => {
    const { address } = await served({ allowedOrigins: ["*"] });
    const answer = said(await preflight(address, "null"));
    expect(answer).toMatchObject({ "access-control-allow-origin": "*" });
    expect(answer).not.toHaveProperty("access-control-allow-credentials");
  });

  test("by another page is refused with a sentence that says what to do.", async () => {
    const { address } = await served(LISTED);
    for (const origin of [OTHER, `${PAGE}.evil.example`, "null", "*"]) {
      const answer = await preflight(address, origin);
      expect(answer.status).toBe(403);
      expect(said(answer)).toEqual({ vary: "origin" });
      expect(answer.text).toMatch(/^Pages of ".*" may not call here: add it to allowedOrigins\.\n$/u);
    }
  });

  test("without a list is answered as any OPTIONS is.", async () => {
    const { address } = await served();
    const answer = await preflight(address, PAGE);
    expect([answer.status, said(answer)]).toEqual([204, {}]);
  });

  test("over HTTP/2 is answered alike.", async () => {
    const { client } = await servedEcho(LISTED);
    const stream = client.request({
      ":method": "OPTIONS",
      ":path": "/echo.v1.EchoService/Echo",
      origin: PAGE,
      "access-control-request-method": "POST",
    });
    const head = await new Promise<IncomingHttpHeaders>((resolve) => stream.on("response", resolve));
    expect(head).toMatchObject({ ":status": 204, "access-control-allow-origin": PAGE });
  });
});

describe("An answer", () => {
  test("to a page of a listed origin may be read, with every field that it has.", async () => {
    const { origin: address } = await servedEcho(LISTED);
    const headers = { origin: PAGE, "content-type": "application/grpc-web", "x-asked": "a" };
    const ask = async (text: string): Promise<Response> =>
      await fetch(`${address}/echo.v1.EchoService/Echo`, {
        method: "POST",
        headers,
        body: new Uint8Array(message(text)),
      });
    for (const [text, exposed] of [
      ["meta", "x-head"],
      ["fail", "grpc-status, grpc-message, grpc-status-details-bin, x-end"],
      ["x", null],
    ] as const) {
      const answer = await ask(text);
      expect(answer.headers.get("access-control-allow-origin")).toBe(PAGE);
      expect(answer.headers.get("access-control-expose-headers")).toBe(exposed);
      expect(answer.headers.get("vary")).toBe("origin");
      await answer.arrayBuffer();
    }
  });

  test("to another page, or to nobody's page, says nothing of pages.", async () => {
    const { address } = await served(LISTED);
    const other = await asked(address, { headers: { ...JSON_TYPE, origin: OTHER }, body: BODY });
    expect([other.status, said(other)]).toEqual([200, { vary: "origin" }]);
    const program = await asked(address, { headers: JSON_TYPE, body: BODY });
    expect([program.status, said(program)]).toEqual([200, {}]);
  });

  test("that refuses may be read too.", async () => {
    const { address } = await served(LISTED);
    const answer = await asked(address, { path: "/nope", headers: { origin: PAGE } });
    expect(answer.status).toBe(404);
    expect(said(answer)).toMatchObject({ "access-control-allow-origin": PAGE });
  });

  test("on one connection is each page's own.", async () => {
    const { origin: address } = await servedEcho({ allowedOrigins: [PAGE, OTHER] });
    const client = connect(address);
    onTestFinished(() => client.destroy());
    const heard = async (origin?: string): Promise<unknown> => {
      const fields = origin === undefined ? {} : { origin };
      const stream = client.request({ ":path": "/", ...fields });
      const head = await new Promise<IncomingHttpHeaders>((resolve) => stream.on("response", resolve));
      stream.resume();
      return head["access-control-allow-origin"];
    };
    for (const origin of [PAGE, OTHER, undefined, PAGE, PAGE]) expect(await heard(origin)).toBe(origin);
  });
});
