import { readFileSync } from "node:fs";
import { once } from "node:events";
import { functions, serve } from "callwire";
import { describe, expect, onTestFinished, test } from "vitest";
import type { WebSocket } from "ws";
import { asked } from "./asked.js";
import { JSON_TYPE } from "./bodies.js";
import { webSocketTo } from "./callers.js";
import { Outsider } from "./outsider.js";

/** One of the specification's examples: the request as it travels, and the response, if there is one. */
interface Example {
  readonly name: string;
  readonly request: string;
  readonly response?: unknown;
}

const FILE = new URL("../../src/wires/jsonrpc/vectors/examples.json", import.meta.url);
const EXAMPLES = JSON.parse(readFileSync(FILE, "utf8")) as readonly Example[]; // it is written so

/** The methods of the examples (JSON-RPC 2.0 §7). */
const examples = functions(
  "examples",
  {
    subtract: (minuend: number, subtrahend: number) => minuend - subtrahend,
    sum: (...numbers: readonly number[]) => numbers.reduce((total, n) => total + n, 0),
    get_data: () => ["hello", 5],
    update: () => null,
    notify_hello: () => null,
  },
  { params: { subtract: ["minuend", "subtrahend"] } },
);

/** What is asked after an example that nobody answers: the answer to this is then the next thing heard. */
const NEXT = '{"jsonrpc":"2.0","method":"sum","params":[1,1],"id":"next"}';

async function place(): Promise<string> {
  const server = await serve([examples], { listen: ["tcp://127.0.0.1:0"] });
  onTestFinished(() => server.stop({ graceMs: 0 }));
  return server.addresses[0] ?? "";
}

/** A response without the words of its errors, which the specification leaves open. */
function plain(text: string): unknown {
  return JSON.parse(text, (key, value: unknown) => (key === "message" || key === "data" ? undefined : value));
}

/** What is to be heard: each example's name and response. */
const ANSWERS = EXAMPLES.map(({ name, response }) => ({ name, response }));

/** Talks through all examples on one connection, with a call after each that is to be answered, too. */
async function talkedThrough(ask: (request: string) => void, hear: () => Promise<string>): Promise<unknown> {
  const answers: unknown[] = [];
  for (const { name, request, response } of EXAMPLES) {
    ask(request);
    answers.push({ name, response: response === undefined ? undefined : plain(await hear()) });
    ask(NEXT);
    expect(plain(await hear())).toEqual({ jsonrpc: "2.0", result: 2, id: "next" });
  }
  return answers;
}

describe("The fifteen examples of the specification are answered as it says", () => {
  test("over HTTP.", async () => {
    const address = await place();
    expect(EXAMPLES).toHaveLength(15);
    for (const path of ["/", "/jsonrpc"]) {
      const answers = EXAMPLES.map(async ({ name, request }) => {
        const { status, headers, text } = await asked(address, { path, headers: JSON_TYPE, body: request });
        return { name, status, type: headers["content-type"], response: text === "" ? undefined : plain(text) };
      });
      expect(await Promise.all(answers)).toEqual(
        ANSWERS.map(({ name, response }) =>
          response === undefined
            ? { name, status: 204, type: undefined, response }
            : { name, status: 200, type: "application/json", response },
        ),
      );
    }
  });

  test("over a WebSocket of npm's ws.", async () => {
    const address = await place();
    for (const path of ["/", "/jsonrpc"]) {
      const socket = await webSocketTo(address, path);
      const heard = messagesOf(socket);
      expect(await talkedThrough((request) => socket.send(request), heard)).toEqual(ANSWERS);
    }
  });

  test("over TCP in lines.", async () => {
    const peer = await Outsider.to(await place());
    const answers = await talkedThrough(
      (request) => peer.say(`${request}\n`),
      async () => (await peer.until(/.*\n/u))[0],
    );
    expect(answers).toEqual(ANSWERS);
  });

  test("over TCP behind Content-Length.", async () => {
    const peer = await Outsider.to(await place());
    const answers = await talkedThrough(
      (request) => peer.say(`Content-Length: ${Buffer.byteLength(request)}\r\n\r\n${request}`),
      async () => {
        const [, length = ""] = await peer.until(/^Content-Length: (\d+)\r\n\r\n/u);
        return (await peer.until(new RegExp(`^[^]{${length}}`, "u")))[0];
      },
    );
    expect(answers).toEqual(ANSWERS);
  });
});

/** The messages of a WebSocket, in order. */
function messagesOf(socket: WebSocket): () => Promise<string> {
  const heard: string[] = [];
  socket.on("message", (data: Buffer) => heard.push(data.toString()));
  return async () => {
    for (;;) {
      const message = heard.shift();
      if (message !== undefined) return message;
      await once(socket, "message");
    }
  };
}
