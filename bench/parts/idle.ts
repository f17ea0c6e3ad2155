import { join } from "node:path";
import { Child } from "../child.js";
import type { LoadOrder, ServerSample } from "../messages.js";
import { payloadOf } from "../payload.js";
import type { Sampled } from "../report/measured.js";
import { counted, type Part, partId, type Settings } from "./part.js";
import { roundsInTurn } from "./rounds-in-turn.js";

/** The client by hand, so that all that is measured of callwire is its server. */
const CLIENT = "bare/grpc-client";
const SERVERS = {
  callwire: "callwire/grpc-server",
  "grpc-js": "rivals/grpc-js-server",
  "nice-grpc": "rivals/nice-grpc-server",
  "connect-node": "rivals/connect-node-server",
} as const;
const CONNECTIONS = 1000;
/** After the last answer, before memory is looked at. */
const SETTLE_MS = 3000;

const group = {
  name: "idle",
  title: "Idle connections",
  about: "resident memory of a gRPC server whose clients made one call each and are silent.",
};

/** What idle connections cost a server: resident memory before and with them. */
export function idlePart(settings: Settings): Part {
  const { rounds, node, rehearsal, wanted, brief, connections = CONNECTIONS } = settings;
  const servers = Object.entries(SERVERS).filter(([name]) => wanted(name));
  const settle = brief ? SETTLE_MS / 6 : SETTLE_MS;
  const title = "servers";
  return {
    id: partId(group, title, node),
    group,
    title,
    about: "connections by hand on node:http2.",
    command: "npm run bench -- idle",
    how: counted(rounds, "round"),
    node,
    rehearsal,
    unit: "connection",
    judged: "idle",
    base: "callwire",
    seconds: rounds * servers.length * (settle / 1000 + 2.5),
    measure: async (progress) => {
      const all = await roundsInTurn(servers, {
        rounds,
        measure: ([name, server], round) => {
          progress(`round ${round} of ${rounds}: ${name}`);
          return measure({ server, connections, settle }, settings);
        },
      });
      const rows = all.map(({ of: [name], figures, failed }): Sampled => {
        const samples = {
          listening: figures.map(({ before }) => before),
          idle: figures.map(({ idle }) => idle),
          each: figures.map(({ before, idle }) => (idle - before) / connections),
        };
        const load = `${connections.toLocaleString("en-US")} connections`;
        return { competitor: name, load, samples, ...(failed !== undefined && { failed }) };
      });
      return { rows };
    },
  };
}

/** Resident memory of one server process, bytes. */
interface Memory {
  readonly before: number;
  readonly idle: number;
}

async function measure(
  { server: module, connections, settle }: { server: string; connections: number; settle: number },
  { built, node }: Settings,
): Promise<Memory> {
  const server = new Child<ServerSample>(join(built, "server-process.js"), {
    argument: join(built, `${module}.js`),
    what: `server ${module}`,
    core: 0,
    node: node.path,
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
      node: node.path,
    });
    await clients.next();
    await clients.watch(settle);
    return { before: rss, idle: (await server.ask("rss")).rss };
  } finally {
    await clients?.stop();
    await server.stop();
  }
}
