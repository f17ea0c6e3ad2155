import { afterEach, expect, test, vi } from "vitest";
import { frameOf } from "../websocket/frames.js";
import { beside, target } from "./beside.js";
import { Outsider } from "./outsider.js";

afterEach(() => {
  vi.useRealTimers();
});

/** Lets everything happen that needs no more than turns of the event loop. */
async function turns(): Promise<void> {
  for (let n = 0; n < 10; n += 1) await new Promise(setImmediate);
}

const POST = "POST / HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n";
const WEBSOCKET =
  "GET / HTTP/1.1\r\nhost: a\r\nupgrade: websocket\r\nconnection: Upgrade\r\n" +
  "sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
const PART = frameOf(1, "", { length: 100n }).toString("latin1");

/** How somebody begins, what is said again and again, and how that ends. */
const DRIPS: readonly (readonly [what: string, opening: string, drop: string, answer: RegExp])[] = [
  ["A head", "POST / HTTP/1.1\r\nx: ", "y", /^HTTP\/1\.1 408 [^]*within 2000 ms/u],
  ["A body", `${POST}content-length: 1000\r\n\r\n`, "[", /^HTTP\/1\.1 408 [^]*within 2000 ms/u],
  [
    "A body in chunks",
    `${POST}transfer-encoding: chunked\r\n\r\n`,
    "1\r\n[\r\n",
    /^HTTP\/1\.1 408 [^]*within 2000 ms/u,
  ],
  ["A line", "[[[[", "[", /"error":\{"code":-32004,.*within 2000 ms/u],
  ["A header part", "Content-Length: 2\r\nx: ", "y", /"error":\{"code":-32004,.*within 2000 ms/u],
  ["A message behind its length", "Content-Length: 1000\r\n\r\n", "[", /"error":\{"code":-32004,.*within 2000 ms/u],
  ["A frame", "\u00ff\0\0\0", "[", /"out":"error".*"deadline_exceeded".*within 2000 ms/u],
  // Closed with 1008, whose second byte is f0.
  ["A WebSocket's message", WEBSOCKET + PART, "[", /^HTTP\/1\.1 101 [^]*\u00f0A message .* within 2000 ms/u],
];

test("Whoever sends a drop in each half second is told that it takes too long, while others are answered.", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  const { server, address, logged } = await target({ requestTimeoutMs: 2000 });
  await beside(address, async () => {
    const peers = await Promise.all(
      DRIPS.map(async ([, opening, drop]) => {
        const peer = await Outsider.to(address);
        peer.socket.write(opening, "latin1");
        return { peer, drop };
      }),
    );
    for (let n = 0; n < 8; n += 1) {
      for (const { peer, drop } of peers) if (!peer.ended) peer.say(drop);
      await turns();
      vi.advanceTimersByTime(500);
      await turns();
    }
    const said = await Promise.all(peers.map(({ peer }) => peer.rest()));
    for (const [at, [, , , answer]] of DRIPS.entries()) expect(said[at]).toMatch(answer);
  });
  expect(logged).toHaveLength(DRIPS.length);
  expect(server.counters.protocolErrors).toBe(DRIPS.length);
});
