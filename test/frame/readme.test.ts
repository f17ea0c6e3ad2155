import { readFileSync } from "node:fs";
import { serve } from "callwire";
import { describe, expect, onTestFinished, test } from "vitest";
import { greeter, quickstart } from "../../examples/quickstart/service.js";
import { CODES } from "../../src/call/code.js";
import { DEFAULT_LIMITS } from "../../src/wires/limits.js";
import { type ByteOrder, RawPeer } from "./raw-peer.js";

const FOLDER = new URL("../../src/wires/frame/", import.meta.url);
const README = readFileSync(new URL("README.md", FOLDER), "utf8");

/** One line of a conversation: what the client says, or what the server has to answer. */
type Line = readonly [who: "→" | "←", text: string];

/** A conversation as bytes in hexadecimal, for implementations in other languages. */
interface Vector {
  readonly name: string;
  readonly order: ByteOrder;
  readonly client: string;
  readonly server: string;
}

async function peerOf(order: ByteOrder = "little"): Promise<RawPeer> {
  const server = await serve([quickstart, greeter], { listen: ["tcp://127.0.0.1:0"] });
  onTestFinished(() => server.stop({ graceMs: 0 }));
  return await RawPeer.to(server.addresses[0], order);
}

/** The blocks of the page whose lines all begin with an arrow. */
const blocks = [...README.matchAll(/^```\n(?<body>[^`]*)^```$/gmu)].map(({ groups }) =>
  (groups?.["body"] ?? "")
    .trimEnd()
    .split("\n")
    .map((line): Line => [line.startsWith("→") ? "→" : "←", line.slice(2)]),
);
const conversations = blocks.filter((lines) => lines.every(([, text]) => text.startsWith("{")));
const inBytes = blocks.filter((lines) => lines.every(([, text]) => /^[0-9a-f ]+$/u.test(text)));

describe("the conversations of the README", () => {
  test("are found", () => {
    expect(conversations).toHaveLength(9);
    expect(inBytes).toHaveLength(1);
  });

  test.each(conversations.map((lines) => [lines[0]?.[1] ?? "", lines] as const))("%s …", async (_first, lines) => {
    const peer = await peerOf();
    for (const [who, text] of lines) {
      if (who === "→") peer.write(peer.packed(text));
      else {
        const heard = await peer.text();
        // The words of an error are not part of the protocol.
        expect(text.includes("…") ? heard.replace(/("message":)"(?:[^"\\]|\\.)+"/u, '$1"…"') : heard).toBe(text);
      }
    }
  });

  test("are the bytes that it shows", async () => {
    const peer = await peerOf();
    for (const [who, hex] of inBytes.flat()) {
      const bytes = Buffer.from(hex.replaceAll(" ", ""), "hex");
      if (who === "→") peer.write(bytes);
      else expect(peer.packed(await peer.text())).toEqual(bytes);
    }
  });
});

test("the README lists every code of an error, and the limits as they are", () => {
  const listed = README.slice(README.indexOf("Codes are those"), README.indexOf("| what came"));
  expect([...listed.matchAll(/`(\w+)`/gu)].map(([, code]) => code)).toEqual(CODES.slice(1));
  const limits = README.slice(README.indexOf("## Limits"));
  const units = {
    maxMessageBytes: "4 MiB",
    maxHeaderBytes: "16 KiB",
    maxDepth: "100",
    maxConcurrentCalls: "4096",
    requestTimeoutMs: "60 s",
  };
  for (const [name, value] of Object.entries(units)) expect(limits).toContain(`| ${value} | \`${name}\` |`);
  expect(DEFAULT_LIMITS).toEqual({
    maxMessageBytes: 4 * 2 ** 20,
    maxHeaderBytes: 16 * 2 ** 10,
    maxDepth: 100,
    maxConcurrentCalls: 4096,
    requestTimeoutMs: 60_000,
  });
});

describe("vectors", () => {
  const vectors = JSON.parse(readFileSync(new URL("vectors/conversations.json", FOLDER), "utf8")) as readonly Vector[];

  test.each(vectors.map((vector) => [vector.name, vector.order, vector] as const))(
    "%s, %s-endian",
    async (_name, order, vector) => {
      const peer = await peerOf(order);
      const server = Buffer.from(vector.server, "hex");
      peer.write(Buffer.from(vector.client, "hex"));
      const heard: Buffer[] = [];
      while (Buffer.concat(heard).length < server.length) heard.push(peer.packed(await peer.text()));
      expect(Buffer.concat(heard).toString("hex")).toBe(vector.server);
    },
  );

  test("there are some of each byte order", () => {
    expect(new Set(vectors.map(({ order }) => order))).toEqual(new Set(["little", "big"]));
  });
});
