import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { greeter, quickstart } from "../../examples/quickstart/service.js";
import { CODES } from "../../src/call/code.js";
import { makeRoutes } from "../../src/call/routes.js";
import { serve } from "../../src/call/serve.js";
import { value } from "../../src/codecs/value.js";
import { DEFAULT_LIMITS } from "../../src/wires/limits.js";
import { errorJson, errorStatus } from "../../src/wires/jsonrpc/status.js";
import { failure } from "../../src/call/status.js";
import { FRAMINGS, serverTalk } from "./talk.js";

const README = readFileSync(new URL("../../src/wires/jsonrpc/README.md", import.meta.url), "utf8");

/** One line of a conversation: what the client says, or what the server has to answer. */
type Line = readonly [who: "→" | "←", text: string];

/** The blocks of the page whose lines all begin with an arrow. */
const conversations = [...README.matchAll(/^```\n(?<body>[^`]*)^```$/gmu)].map(({ groups }) =>
  (groups?.["body"] ?? "")
    .trimEnd()
    .split("\n")
    .map((line): Line => [line.startsWith("→") ? "→" : "←", line.slice(2)]),
);

describe("the conversations of the README", () => {
  test("are found", () => {
    expect(conversations).toHaveLength(7);
  });

  test.each(conversations.map((lines) => [lines[0]?.[1] ?? "", lines] as const))("%s …", async (_first, lines) => {
    const dispatch = serve(makeRoutes([quickstart, greeter], { codecs: [value] }));
    for (const framing of FRAMINGS) {
      const talk = serverTalk(framing, dispatch);
      for (const [who, text] of lines) {
        if (who === "→") talk.say(text);
        else {
          const [heard = ""] = (await talk.hear(1)).map((each) => JSON.stringify(each));
          // The words of an error are not part of the protocol.
          expect(text.includes("…") ? heard.replaceAll(/("message":)"(?:[^"\\]|\\.)+"/gu, '$1"…"') : heard).toBe(text);
        }
      }
    }
  });
});

test("the README lists every number of an error as it is written and read, and the limits as they are", () => {
  const rows = [...README.matchAll(/^\| (?<number>-32\d+) \| (?<written>[^|]*)\| `(?<read>\w+)`/gmu)].map(
    ({ groups }) => groups ?? {},
  );
  expect(rows).toHaveLength(20);
  const written = new Set<string>();
  for (const { number, written: what = "", read } of rows) {
    expect(errorStatus({ code: Number(number), message: "" }).code).toBe(read);
    const code = CODES.find((each) => what.trim() === `\`${each}\``);
    if (code === undefined || code === "ok") continue;
    written.add(code);
    expect(JSON.parse(errorJson(failure(code, "")))).toMatchObject({ code: Number(number) });
  }
  expect(written).toEqual(new Set(CODES.slice(1)));
  const limits = README.slice(README.indexOf("## Limits"));
  const units = {
    maxMessageBytes: "4 MiB",
    maxHeaderBytes: "16 KiB",
    maxDepth: "100",
    maxConcurrentCalls: "4096",
    requestTimeoutMs: "60 s",
  };
  for (const [name, amount] of Object.entries(units)) expect(limits).toContain(`| ${amount} | \`${name}\` |`);
  expect(DEFAULT_LIMITS).toMatchObject({ maxMessageBytes: 4 * 2 ** 20, maxHeaderBytes: 16 * 2 ** 10, maxDepth: 100 });
  expect(DEFAULT_LIMITS).toMatchObject({ maxConcurrentCalls: 4096, requestTimeoutMs: 60_000 });
});
