import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { httpPair, httpServe, posted } from "./loopback.js";
import { Bench } from "./service.js";
import { FRAMINGS, packed, serverTalk } from "./talk.js";

/** One of the specification's examples: the request as it travels, and the response, if there is one. */
interface Example {
  readonly name: string;
  readonly request: string;
  readonly response?: unknown;
}

const FILE = new URL("../../src/wires/jsonrpc/vectors/examples.json", import.meta.url);
const EXAMPLES = JSON.parse(readFileSync(FILE, "utf8")) as readonly Example[];

/** A response without the words of its errors, which the specification leaves open. */
function plain(response: unknown): unknown {
  return JSON.parse(JSON.stringify(response), (key, value: unknown) =>
    key === "message" || key === "data" ? undefined : value,
  );
}

test("There are all fifteen.", () => {
  expect(EXAMPLES).toHaveLength(15);
});

describe.each(FRAMINGS)("On a connection of %s", (framing) => {
  test.each(EXAMPLES)(
    "$name is answered as the specification says, and the connection lives on.",
    ({ request, response }) => {
      const talk = serverTalk(framing, new Bench().dispatch);
      talk.say(request, { jsonrpc: "2.0", method: "sum", params: [1, 1], id: "next" });
      const next = { jsonrpc: "2.0", result: 2, id: "next" };
      expect(plain(talk.heard())).toEqual(response === undefined ? [next] : [response, next]);
    },
  );

  if (framing === "messages") return;
  test("All of them in one stream are answered the same however it is cut.", () => {
    const requests = EXAMPLES.map(({ request }) => packed(request, framing));
    const bytes = Buffer.concat(requests);
    const answers = EXAMPLES.flatMap(({ response }) => (response === undefined ? [] : [response]));
    const { dispatch } = new Bench();
    // How header parts are cut has a test of its own.
    for (let at = 0; at <= bytes.length; at += framing === "lines" ? 1 : 7) {
      const talk = serverTalk(framing, dispatch);
      talk.session.receive(bytes.subarray(0, at));
      talk.session.receive(bytes.subarray(at));
      expect(plain(talk.heard()), `cut at ${at}`).toEqual(answers);
    }
    const talk = serverTalk(framing, dispatch);
    for (const byte of bytes) talk.session.receive(Uint8Array.of(byte));
    expect(plain(talk.heard())).toEqual(answers);
  });
});

describe("Over HTTP", () => {
  test.each(EXAMPLES)("$name is answered as the specification says.", async ({ request, response }) => {
    for (const chunkBytes of [1, 7, 65_536]) {
      const heard = await posted(httpPair(httpServe(new Bench().dispatch), chunkBytes), request);
      expect(heard.status).toBe(response === undefined ? 204 : 200);
      if (response === undefined) expect(heard.text).toBe("");
      else expect(plain(JSON.parse(heard.text))).toEqual(response);
    }
  });
});
