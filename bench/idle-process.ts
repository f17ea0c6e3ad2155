// Opens connections, makes one call on each, says so, and leaves them idle: node idle-process.js ORDER, with an IPC channel.
import { pathToFileURL } from "node:url";
import type { LoadOrder } from "./messages.js";
import type { EchoClient, OpenClient } from "./peer.js";

/** So many are opened at once; more could be too many for the queue of connections that wait to be accepted. */
const AT_ONCE = 50;

if (process.argv[2] === undefined || process.send === undefined) {
  throw new Error("This script is started by a benchmark; run bench/idle.ts.");
}
process.on("disconnect", () => process.exit()); // the benchmark is gone

const order: LoadOrder = JSON.parse(process.argv[2]);
const { open }: { open: OpenClient } = await import(pathToFileURL(order.client).href);

async function called(): Promise<EchoClient> {
  const client = await open(order.address);
  const answer = await client.echo(order.payload);
  if (answer !== order.payload) throw new Error(`The server answered ${JSON.stringify(answer)}.`);
  return client;
}

const clients: EchoClient[] = [];
while (clients.length < order.connections) {
  const more = Math.min(AT_ONCE, order.connections - clients.length);
  clients.push(...(await Promise.all(Array.from({ length: more }, called))));
}
process.send(clients.length);
