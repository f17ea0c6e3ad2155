import { baidu } from "./entries/baidu.js";
import { connect } from "./entries/connect.js";
import { frame } from "./entries/frame.js";
import { grpcStreams } from "./entries/grpc-streams.js";
import { grpc } from "./entries/grpc.js";
import { jsonrpc } from "./entries/jsonrpc.js";
import { xmlrpc } from "./entries/xmlrpc.js";
import type { Entry } from "./entry.js";
import { namedNodes, usualNodes } from "./node-programs.js";
import { REHEARSAL_ROUNDS, REHEARSAL_SECONDS, type Options } from "./options.js";
import { idlePart } from "./parts/idle.js";
import { latencyPart } from "./parts/latency.js";
import { loadParts } from "./parts/loads.js";
import { modelsPart } from "./parts/models.js";
import type { Part, Settings } from "./parts/part.js";
import { sizePart } from "./parts/size.js";
import { startupPart } from "./parts/startup.js";

/** What can be named on the command line, in the order of the report. */
const ENTRIES: Readonly<Record<string, Entry | ((settings: Settings) => Part)>> = {
  grpc,
  "grpc-streams": grpcStreams,
  latency: latencyPart,
  idle: idlePart,
  connect,
  jsonrpc,
  xmlrpc,
  frame,
  baidu,
  startup: startupPart,
  size: sizePart,
  models: modelsPart,
};

/** What the whole run measures with further versions of Node, under one load each. */
const EVERY_NODE: readonly string[] = ["grpc", "connect", "frame"];
/** What a whole quick run leaves out. */
const NOT_QUICK: readonly string[] = ["latency", "size"];

/** Lists what is to be measured, in order; `say` is told what is left out. Fails where an entry is not known. */
export function planned(
  options: Options,
  { built, say }: { built: string; say: (line: string) => void },
): readonly Part[] {
  const names = Object.keys(ENTRIES);
  const unknown = options.entries.find((name) => !names.includes(name));
  if (unknown !== undefined) throw new Error(`There is no entry "${unknown}"; there is ${names.join(", ")}.`);
  const { whole, brief, seconds, warmup, rounds, connections, only } = options;
  const leaves = brief && whole;
  if (leaves)
    say(`A quick run leaves out ${NOT_QUICK.join(", ")}, other versions of Node, and all loads but the first.`);
  const chosen =
    options.entries.length > 0 ? options.entries : names.filter((name) => !leaves || !NOT_QUICK.includes(name));
  const nodes = options.nodes.length > 0 ? namedNodes(options.nodes) : usualNodes({ whole: whole && !brief, say });
  const rehearsal =
    seconds < REHEARSAL_SECONDS || rounds < REHEARSAL_ROUNDS || (warmup ?? Number.POSITIVE_INFINITY) < 3;
  const wanted = (competitor: string): boolean => only.length === 0 || only.includes(competitor);
  return nodes.flatMap((node, index) => {
    const further = whole && index > 0;
    const settings = { seconds, warmup, rounds, rehearsal, connections, wanted, built, node, brief: brief || further };
    return chosen
      .filter((name) => !further || EVERY_NODE.includes(name))
      .flatMap((name) => {
        const entry = ENTRIES[name];
        if (entry === undefined) return [];
        if (typeof entry !== "function") return loadParts(options.narrow(entry), settings);
        const part = entry(settings);
        if (part.seconds > 0) return [part];
        throw new Error(`--only "${only.join(", ")}" leaves nothing of ${name}.`);
      });
  });
}
