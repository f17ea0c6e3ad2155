import { once } from "node:events";
import { connect } from "node:net";
import { functions, serve } from "callwire";
import { afterEach, expect, onTestFinished, test, vi } from "vitest";

afterEach(() => {
  vi.useRealTimers();
});

interface Waiting {
  readonly port: number;
  /** What became of the calls. */
  readonly seen: readonly string[];
  /** Resolves when the method has been called, with what makes it answer. */
  readonly called: Promise<() => void>;
  readonly sweep: () => Promise<void>;
}

/** A server whose sweeps are told by hand, with a method that goes on until it is told to answer, or not to go on. */
async function waiting(): Promise<Waiting> {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  const seen: string[] = [];
  let tell: (answer: () => void) => void;
  const called = new Promise<() => void>((resolve) => {
    tell = resolve;
  });
  const plain = functions("plain", {
    wait() {
      return new Promise<string>((resolve) => {
        tell(() => resolve("done"));
        this.signal.addEventListener("abort", () => seen.push(String(this.signal.reason)));
      });
    },
  });
  const server = await serve([plain], { listen: ["tcp://127.0.0.1:0"], log: () => {} });
  onTestFinished(() => server.stop({ graceMs: 0 }));
  const sweep = async (): Promise<void> => {
    vi.advanceTimersByTime(500);
    for (let n = 0; n < 10; n += 1) await new Promise(setImmediate);
  };
  return { port: Number(new URL(server.addresses[0] ?? "").port), seen, called, sweep };
}

const CALL = "POST /plain/wait HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n[]";

test("A client that closes its connection before its answer begins cancels its call, within three sweeps.", async () => {
  const { port, seen, called, sweep } = await waiting();
  const socket = connect({ port, host: "127.0.0.1" });
  socket.write(CALL);
  await called;
  socket.destroy();
  await once(socket, "close");
  for (let n = 0; n < 3; n += 1) await sweep();
  expect(seen).toEqual([expect.stringMatching(/^unavailable: .* was lost/u)]);
});

test("A client that only stops talking waits as long as it takes, and passes over what came before its answer.", async () => {
  const { port, seen, called, sweep } = await waiting();
  const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
  socket.end(CALL);
  let said = "";
  socket.setEncoding("latin1").on("data", (text: string) => (said += text));
  const answer = await called;
  for (let n = 0; n < 10; n += 1) await sweep();
  answer();
  await once(socket, "end");
  expect(said).toMatch(/^(?:HTTP\/1\.1 100 Continue\r\n\r\n){3}HTTP\/1\.1 200 OK\r\n[^]*"done"$/u);
  expect(seen).toEqual([]);
});
