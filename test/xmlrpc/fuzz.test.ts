import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { XmlRpcMessage } from "../../src/wires/xmlrpc/message-builder.js";
import type { Status } from "../../src/call/status.js";
import { mutated, random, SEED } from "../frame/mutations.js";
import { answers, callText } from "./served.js";
import { read } from "./reading.js";

const INPUTS = Number(process.env["FUZZ_INPUTS"] ?? 4000);

/** What peers say, of every kind. */
const file = new URL("../../src/wires/xmlrpc/vectors/python.json", import.meta.url);
const { written } = JSON.parse(readFileSync(file, "utf8")) as { written: { text: string }[] };
const multicall = callText(
  "system.multicall",
  "<array><data><value><struct><member><name>methodName</name><value>add</value></member><member><name>params</name><value><array><data><value>a</value></data></array></value></member></struct></value></data></array>",
);
const seeds = [
  ...written.map(({ text }) => Buffer.from(text)),
  Buffer.from(callText("calc.echo", "<base64>aGVsbG8=</base64>", "<![CDATA[<a>]]>&#65;<!-- b -->")),
  Buffer.from(`\uFEFF${callText("calc.echo", "é")}`, "utf16le"),
  Buffer.from(multicall),
];

test(`After ${INPUTS} mutated messages (FUZZ_SEED=${SEED}) each was read or refused, the same when it was cut.`, () => {
  const pick = random(SEED);
  let refused = 0;
  for (let i = 0; i < INPUTS; i += 1) {
    const bytes = mutated(seeds, pick);
    const root = pick(2) === 0 ? "methodCall" : "methodResponse";
    const whole = outcome(read(bytes, { root }));
    const cuts = [pick(bytes.length + 1), pick(bytes.length + 1), pick(bytes.length + 1)].toSorted((a, b) => a - b);
    expect(outcome(read(bytes, { root }, cuts))).toEqual(whole);
    if (typeof whole === "string") refused += 1;
  }
  expect(refused).toBeGreaterThan(INPUTS / 10);
  expect(refused).toBeLessThan(INPUTS);
});

test(`After ${INPUTS / 4} mutated requests (FUZZ_SEED=${SEED}) each was answered with XML that can be read, and the server still adds.`, async () => {
  const pick = random(SEED);
  const bodies = Array.from({ length: INPUTS / 4 }, () => mutated(seeds, pick));
  const said = await answers([...bodies, callText("add", "<int>2</int>", "<int>3</int>")]);
  for (const { text } of said) expect(read(Buffer.from(text), { root: "methodResponse" })).not.toHaveProperty("code");
  expect(said.at(-1)?.text).toContain("<int>5</int>");
});

/** What a message says, or that it is refused: which of several faults is seen first may depend on the pieces. */
function outcome(message: XmlRpcMessage | Status): unknown {
  return "code" in message ? message.code : message;
}
