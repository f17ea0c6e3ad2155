// What idle connections cost a server: resident memory before and with 1,000 of gRPC over HTTP/2, each of which made one call.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Child } from "./child.js";
import { compile } from "./compile.js";
import type { LoadOrder, ServerSample } from "./messages.js";
import { payloadOf } from "./payload.js";
import { medianOf } from "./report.js";

/** The client by hand, so that all that is measured of callwire is its server. */
const CLIENT = "bare/grpc-client";
const SERVERS = { callwire: "callwire/grpc-server", "grpc-js": "rivals/grpc-js-server" } as const;

/** Resident memory of one server process, bytes. */
interface Round {
  readonly server: string;
  readonly before: number;
  readonly idle: number;
}

const { values } = parseArgs({
  options: {
    connections: { type: "string", default: "1000" },
    rounds: { type: "string", default: "3" },
    settle: { type: "string", default: "3" },
    json: { type: "string" },
  },
});
const connections = Number(values.connections);
const built = compile();

async function measure(name: keyof typeof SERVERS): Promise<Round> {
  const server = new Child<ServerSample>(join(built, "server-process.js"), {
    argument: join(built, `${SERVERS[name]}.js`),
    what: `server ${name}`,
    core: 0,
  });
  let clients: Child<number> | undefined;
  try {
    const { address, rss } = await server.next();
    const client = join(built, `${CLIENT}.js`);
    const order: LoadOrder = { client, address, connections, inflight: 0, payload: payloadOf() };
    clients = new Child<number>(join(built, "idle-process.js"), {
      argument: JSON.stringify(order),
      what: "idle connections",
      core: 1,
    });
    await clients.next();
    await clients.watch(Number(values.settle) * 1000);
    return { server: name, before: rss, idle: (await server.ask("rss")).rss };
  } finally {
    await clients?.stop();
    await server.stop();
  }
}

const rounds: Round[] = [];
for (let round = 1; round <= Number(values.rounds); round += 1) {
  // in turn: what disturbs the machine disturbs all of them
  for (const name of ["callwire", "grpc-js"] as const) {
    console.error(`round ${round} of ${values.rounds}: ${name}`);
    rounds.push(await measure(name));
  }
}

console.log(`Resident memory of a server with ${connections} idle connections, each of which made one call.`);
console.log(`Node ${process.version}, medians of ${values.rounds} rounds.\n`);
console.log("  server     listening MB  idle MB  KB a connection");
for (const name of Object.keys(SERVERS)) {
  const of = (figure: (round: Round) => number): number =>
    medianOf(rounds.filter(({ server }) => server === name).map(figure));
  const each = of(({ idle, before }) => (idle - before) / connections / 1000);
  const [before, idle] = [of((round) => round.before) / 1e6, of((round) => round.idle) / 1e6];
  console.log(
    `  ${name.padEnd(9)}  ${before.toFixed(1).padStart(12)}  ${idle.toFixed(1).padStart(7)}  ${each.toFixed(1).padStart(15)}`,
  );
}
if (values.json !== undefined) {
  const all = { date: new Date().toISOString(), node: process.version, connections, rounds };
  writeFileSync(values.json, `${JSON.stringify(all, undefined, 2)}\n`);
}
