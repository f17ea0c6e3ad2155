import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { echoService } from "../../examples/quickstart/echo.js";
import { makeRoutes } from "../../src/call/routes.js";
import { serve } from "../../src/call/serve.js";
import { codecsFor } from "../../src/service-codecs.js";
import { Connections } from "../../src/link/connections.js";
import { coded } from "../../src/link/coded-wire.js";
import { newCounters } from "../../src/link/counters.js";
import { memoryPair } from "../../src/transports/memory.js";
import { baidu } from "../../src/wires/baidu/wire.js";
import { mutated, random, SEED } from "../frame/mutations.js";
import { type Field, message, packet, packetsIn, request, said, saying } from "./packets.js";

const INPUTS = Number(process.env["FUZZ_INPUTS"] ?? 1200);
/** So many connections are open at once. */
const BATCH = 500;
const ECHO = "echo.v1.EchoService/Echo";
const STREAM: Field = [
  8,
  [
    [1, 77],
    [2, 1],
    [3, 1],
  ],
];
const CALLWIRE: Field = [
  9,
  [
    [1, "callwire"],
    [2, "bidi"],
  ],
];

/** What callers say: each is what one connection carries. */
const CONVERSATIONS: readonly Buffer[] = [
  request(ECHO, 1, saying("x")),
  Buffer.concat([request(ECHO, 2n ** 63n, saying("é漢😀")), request("EchoService/Echo", 2, saying("y"))]),
  request(ECHO, 3, gzipSync(saying("compressed")), [[3, 2]]),
  request(ECHO, 4, Buffer.concat([saying("x"), Buffer.of(1, 2, 3)]), [[5, 3]]),
  packet(
    [
      [
        1,
        [
          [1, "echo.v1.EchoService"],
          [2, "Echo"],
          [3, 7],
          [7, "r"],
          [8, 1000],
        ],
      ],
      [4, 5],
      [
        9,
        [
          [1, "a"],
          [2, "b"],
        ],
      ],
    ],
    saying("x"),
  ),
  request(ECHO, 6, saying("x"), [
    [11, 1],
    [12, Buffer.of(1, 2, 3, 4)],
  ]),
  request(ECHO, 7, Buffer.from('{"text":"json"}'), [[10, 2]]),
  Buffer.concat([
    request("echo.v1.EchoService/Count", 8, message([[1, 40]]), [STREAM]),
    packet(
      [
        [1, 1],
        [2, 77],
        [3, 1],
      ],
      undefined,
      "STRM",
    ),
  ]),
  Buffer.concat([
    request("echo.v1.EchoService/Chat", 9, Buffer.alloc(0), [STREAM, CALLWIRE]),
    packet(
      [
        [1, 1],
        [2, 77],
        [3, 3],
        [4, 1],
      ],
      saying("x").subarray(0, 1),
      "STRM",
    ),
    packet(
      [
        [1, 1],
        [2, 77],
        [3, 3],
      ],
      saying("x").subarray(1),
      "STRM",
    ),
    packet(
      [
        [1, 1],
        [2, 77],
        [3, 4],
        [5, [[1, 2]]],
      ],
      undefined,
      "STRM",
    ),
    packet(
      [
        [1, 1],
        [2, 77],
        [3, 2],
      ],
      undefined,
      "STRM",
    ),
  ]),
  Buffer.concat([
    request("echo.v1.EchoService/Sum", 10, Buffer.alloc(0), [STREAM]),
    packet(
      [
        [1, 0],
        [2, 10],
        [3, 1],
      ],
      undefined,
      "STRM",
    ),
  ]),
  Buffer.concat([request("no.Such/Method", 11, saying("x")), packet([[4, 12]]), request(ECHO, 13, Buffer.alloc(5000))]),
];

test(`After ${INPUTS} mutated conversations (FUZZ_SEED=${SEED}) the server still answers, and every connection has closed.`, async () => {
  const failures: unknown[] = [];
  const codecs = await codecsFor([echoService.service]);
  const counters = newCounters();
  const { stream } = coded(baidu);
  if (stream === undefined) throw new Error("This wire has connections of its own.");
  const connections = new Connections(
    {
      wires: [stream],
      dispatch: serve(makeRoutes([echoService], { codecs }), {
        maxTimeoutMs: 200,
        report: (error) => failures.push(error),
      }),
      limits: {
        maxMessageBytes: 4096,
        maxHeaderBytes: 256,
        maxDepth: 20,
        maxConcurrentCalls: 4,
        requestTimeoutMs: 60_000,
      },
      counters,
      log: (line) => {
        if (line.includes("failure of callwire itself")) failures.push(line);
      },
      detectTimeoutMs: 10_000,
      idleTimeoutMs: 10_000,
    },
    { maxActive: Number.MAX_SAFE_INTEGER, maxWaiting: 0 },
  );
  const talk = (bytes: Uint8Array, chunkBytes: number): Promise<Buffer> =>
    new Promise((resolve) => {
      const [client, server] = memoryPair({ chunkBytes });
      const heard: Uint8Array[] = [];
      connections.add(server);
      client.start({
        data: (chunk) => heard.push(new Uint8Array(chunk)),
        end: () => client.end(),
        drain: () => {},
        close: () => resolve(Buffer.concat(heard)),
      });
      client.write(bytes);
      client.end();
    });
  const pick = random(SEED);
  for (let done = 0; done < INPUTS; done += BATCH) {
    await Promise.all(
      Array.from({ length: Math.min(BATCH, INPUTS - done) }, async () => {
        const heard = await talk(altered(pick), [1, 7, 65_536][pick(3)] ?? 1);
        // Whatever came, what the server says is whole packets.
        expect(packetsIn(heard).used).toBe(heard.length);
      }),
    );
    expect(failures).toEqual([]);
  }
  // The far end of the last ones hears of it in the next turns.
  for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  expect(counters.connections).toBe(INPUTS);
  expect(counters.open).toBe(0);
  const [answer] = packetsIn(await talk(request(ECHO, 1, saying("still here")), 65_536)).packets;
  expect(answer === undefined ? undefined : said(answer).rest).toEqual(saying("still here"));
  await connections.stop(0);
}, 60_000);

/** A conversation with some changes; mostly behind the first letters, which decide whose it is. */
function altered(pick: (below: number) => number): Buffer {
  const bytes = mutated(CONVERSATIONS, pick);
  return pick(4) === 0 ? bytes : Buffer.concat([Buffer.from("PRPC"), bytes.subarray(4)]);
}
