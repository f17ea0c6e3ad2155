// Runs a loop over one client module in a process of its own: node load-process.js ORDER, with an IPC channel.
import { pathToFileURL } from "node:url";
import { Histogram } from "./histogram.js";
import type { LoadOrder, LoadSample } from "./messages.js";
import type { EchoClient, OpenClient } from "./peer.js";

if (process.argv[2] === undefined || process.send === undefined) {
  throw new Error("This script is started by the benchmark harness; run bench/run.ts.");
}
process.on("disconnect", () => process.exit()); // the harness is gone

const order: LoadOrder = JSON.parse(process.argv[2]);
const { open }: { open: OpenClient } = await import(pathToFileURL(order.client).href);

const latencies = new Histogram();
let calls = 0;

async function call(client: EchoClient, began: number): Promise<void> {
  const answer = await client.echo(order.payload);
  if (answer !== order.payload) {
    throw new Error(`The server answered ${JSON.stringify(answer)} in place of the payload "${order.payload}".`);
  }
  latencies.record((performance.now() - began) * 1000);
  calls += 1;
}

/** Closed: each answer is followed by the next call. */
async function fiber(client: EchoClient): Promise<never> {
  for (;;) await call(client, performance.now());
}

/** Open: calls begin when they are due, `rate` a second. It never sleeps, for timers are late by a millisecond. */
function pace(clients: readonly EchoClient[], rate: number): void {
  const began = performance.now();
  let made = 0;
  const turn = (): void => {
    const due = ((performance.now() - began) * rate) / 1000;
    for (; made < due; made += 1) {
      const client = clients[made % clients.length];
      if (client !== undefined) void call(client, began + (made * 1000) / rate);
    }
    setImmediate(turn);
  };
  turn();
}

function sample(): LoadSample {
  const taken = {
    cpu: process.cpuUsage(),
    calls,
    at: performance.now(),
    p50: latencies.percentile(50),
    p99: latencies.percentile(99),
  };
  latencies.reset();
  return taken;
}

process.on("message", () => process.send?.(sample())); // the only question is "sample"

const clients = await Promise.all(Array.from({ length: order.connections }, () => open(order.address)));
// A call that fails makes the run worthless: the rejection is not handled, so it ends the process with its message.
if (order.rate === undefined) {
  for (let i = 0; i < order.inflight; i++) {
    const client = clients[i % clients.length];
    if (client !== undefined) void fiber(client);
  }
} else {
  pace(clients, order.rate);
}
process.send(sample());
