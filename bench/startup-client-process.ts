// Asks servers that are being started, one after the other: node startup-client-process.js, with an IPC channel.
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import type { FirstAnswer, FirstQuestion } from "./messages.js";
import type { OpenClient } from "./peer.js";

const RETRY_MS = 1;
const PATIENCE_MS = 20_000;

process.on("disconnect", () => process.exit()); // the benchmark is gone
// Servers are killed once they have answered. Clients by hand do not expect that; whoever waits for an answer has a deadline.
process.on("uncaughtException", () => {});

process.on("message", (question: string) => {
  const order: FirstQuestion = JSON.parse(question);
  void ask(order).then(
    (at) => say({ at }),
    (error: unknown) => say({ at: 0, failed: error instanceof Error ? error.message : String(error) }),
  );
});
say({ at: 0 });

function say(answer: FirstAnswer): void {
  process.send?.(answer);
}

/** When the right answer came. */
async function ask({ client, port, payload }: FirstQuestion): Promise<number> {
  const { open }: { open: OpenClient } = await import(pathToFileURL(client).href);
  const deadline = performance.now() + PATIENCE_MS;
  while (!(await connects(port))) {
    if (performance.now() > deadline) throw new Error("Nobody listens.");
    await sleep(RETRY_MS);
  }
  const echo = open(`tcp://127.0.0.1:${port}`).then((opened) => opened.echo(payload));
  const answer = await Promise.race([echo, sleep(PATIENCE_MS, "nothing", { ref: false })]);
  if (answer !== payload) throw new Error(`The answer is ${JSON.stringify(answer)}.`);
  return performance.timeOrigin + performance.now();
}

/** Says whether somebody listens there. */
function connects(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port });
    const tell = (yes: boolean): void => {
      socket.destroy();
      resolve(yes);
    };
    socket.once("connect", () => tell(true)).once("error", () => tell(false));
  });
}
