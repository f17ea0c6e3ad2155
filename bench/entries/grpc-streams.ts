import type { Cell, Comparison, Entry } from "../entry.js";
import { LARGE_MIB, MESSAGES_A_STREAM } from "../streams.js";

/** What moves, and the ending of its client modules' names. */
interface Subject {
  readonly what: string;
  readonly about: string;
  readonly module: "repeat" | "last" | "copy";
  readonly unit: NonNullable<Comparison["unit"]>;
  readonly cells: readonly Cell[];
}

const MESSAGES = { name: "message", perCall: MESSAGES_A_STREAM };
const STREAMS = [{ connections: 1, inflight: 4 }];
const ours = "callwire/grpc-streams-server";

const SUBJECTS: readonly Subject[] = [
  { what: "server streams", about: "messages of the server's", module: "repeat", unit: MESSAGES, cells: STREAMS },
  { what: "client streams", about: "messages of the client's", module: "last", unit: MESSAGES, cells: STREAMS },
  {
    what: "large messages",
    about: `one message of ${LARGE_MIB} MiB of bytes, there and back, with the limits raised`,
    module: "copy",
    unit: { name: "MB", perCall: LARGE_MIB * 1.048576 },
    cells: [{ connections: 1, inflight: 1 }],
  },
];

/** Both ends of a subject, judged one by one. */
function comparisons({ what, about, module, unit, cells }: Subject): readonly Comparison[] {
  const client = `callwire/grpc-${module}-client`;
  const callwire = { name: "callwire", server: ours, client };
  return [
    {
      name: `${what}, servers`,
      about: `${about}; each server under the same client, callwire's.`,
      judged: "server",
      unit,
      cells,
      competitors: [callwire, { name: "grpc-js", server: "rivals/grpc-js-streams-server", client }],
    },
    {
      name: `${what}, clients`,
      about: `${about}; each client against the same server, callwire's.`,
      judged: "client",
      unit,
      cells,
      competitors: [callwire, { name: "grpc-js", server: ours, client: `rivals/grpc-js-${module}-client` }],
    },
  ];
}

/** Streams of gRPC, and large messages, against grpc-js with the same protobuf library. */
export const grpcStreams: Entry = {
  name: "grpc-streams",
  title: "gRPC: streams and large messages",
  about: `streams of ${MESSAGES_A_STREAM} messages of 20 B, and large messages; gRPC over HTTP/2 without TLS.`,
  cells: STREAMS,
  comparisons: SUBJECTS.flatMap(comparisons),
};
