import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { join } from "node:path";
import { Child } from "../child.js";
import type { FirstAnswer, FirstQuestion } from "../messages.js";
import { payloadOf } from "../payload.js";
import type { Sampled } from "../report/measured.js";
import { type Part, partId, type Settings } from "./part.js";
import { roundsInTurn } from "./rounds-in-turn.js";

/** A server, and the client by hand that asks it. */
interface Starter {
  readonly wire: string;
  readonly name: string;
  readonly server: string;
  readonly client: string;
}

function wire(name: string, client: string, servers: Readonly<Record<string, string>>): readonly Starter[] {
  return Object.entries(servers).map(([competitor, server]) => ({ wire: name, name: competitor, server, client }));
}

const STARTERS: readonly Starter[] = [
  ...wire("frame", "bare/client", { callwire: "callwire/server", "net by hand": "bare/server" }),
  ...wire("gRPC", "bare/grpc-client", {
    callwire: "callwire/grpc-server",
    "grpc-js": "rivals/grpc-js-server",
    "nice-grpc": "rivals/nice-grpc-server",
    "connect-node": "rivals/connect-node-server",
    "node:http2 by hand": "bare/grpc-server",
  }),
  ...wire("Connect", "loads/http-connect", {
    callwire: "callwire/grpc-server",
    "connect-node": "rivals/connect-node-http1-server",
  }),
  ...wire("JSON-RPC", "loads/http-json", {
    callwire: "callwire/server",
    jayson: "rivals/jayson-http",
    "node:http by hand": "bare/http-json-server",
  }),
  ...wire("XML-RPC", "loads/http-xml", { callwire: "callwire/server", "npm xmlrpc": "rivals/npm-xmlrpc" }),
];

const ROUNDS = 7;

const group = {
  name: "startup",
  title: "Start-up",
  about: "from the start of node with the server to its first right answer.",
};

/** What a start takes until the first right answer to a client that tries to connect again every millisecond. */
export function startupPart(settings: Settings): Part {
  const { node, rehearsal, brief, wanted } = settings;
  const starters = STARTERS.filter(({ name }) => wanted(name));
  const rounds = brief ? 3 : Math.max(ROUNDS, settings.rounds);
  const title = "servers";
  return {
    id: partId(group, title, node),
    group,
    title,
    about: "each asked once by a client by hand, which tries to connect every millisecond.",
    command: "npm run bench -- startup",
    how: `${rounds} starts after one that is not counted`,
    node,
    rehearsal,
    unit: "start",
    judged: "firstAnswer",
    base: "callwire",
    seconds: (rounds + 1) * starters.length * 0.4,
    measure: async (progress) => {
      const script = join(settings.built, "startup-client-process.js");
      const asker = new Child<FirstAnswer>(script, { argument: "", what: "client", core: 1, node: node.path });
      try {
        await asker.next();
        const all = await roundsInTurn(starters, {
          rounds: rounds + 1,
          measure: (starter, round) => {
            progress(`start ${round} of ${rounds + 1}: ${starter.wire}, ${starter.name}`);
            return firstAnswer(starter, { ...settings, asker });
          },
        });
        const rows = all.map(({ of, figures, failed }): Sampled => {
          // The first one warms the file cache, and the client.
          const samples = { firstAnswer: figures.slice(1) };
          return { competitor: of.name, load: of.wire, samples, ...(failed !== undefined && { failed }) };
        });
        return { rows };
      } finally {
        await asker.stop();
      }
    },
  };
}

/** Milliseconds from spawn to the first right answer. */
async function firstAnswer(
  { name, server, client }: Starter,
  { built, node, asker }: Settings & { asker: Child<FirstAnswer> },
): Promise<number> {
  const port = await freePort();
  const order: FirstQuestion = { client: join(built, `${client}.js`), port, payload: payloadOf() };
  const answered = asker.ask(JSON.stringify(order));
  const began = performance.timeOrigin + performance.now();
  const args = [join(built, "startup-process.js"), join(built, `${server}.js`), String(port)];
  const child = spawn(node.path, args, { stdio: ["pipe", "ignore", "inherit"] });
  const gone = once(child, "exit");
  try {
    const { at, failed } = await answered;
    if (failed !== undefined) throw new Error(`The server of ${name} gave no right answer: ${failed}`);
    return at - began;
  } finally {
    child.kill("SIGKILL");
    await gone;
  }
}

/** A port that was free a moment ago: the client has to know it before the server runs. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("The system gave no port.");
  return address.port;
}
