// The wire kit where npm test leaves it out for the sake of its time: more sizes of chunks, and more ways to carry the same wires.
import { createServer } from "node:http";
import { httpClient } from "../../src/link/http-client.js";
import { baidu } from "../../src/wires/baidu/wire.js";
import { frame } from "../../src/wires/frame/wire.js";
import { grpc } from "../../src/wires/grpc/wire.js";
import { grpcWeb } from "../../src/wires/grpcweb/wire.js";
import { jsonBodies } from "../matrix/json-bodies.js";
import { within } from "../matrix/within.js";
import { composed, overMemory, overSocket, socketPlace } from "../matrix/worlds.js";
import { wireKit } from "../wirekit.js";

const buffered = { buffered: true } as const;

for (const chunkBytes of [7, 65_536])
  wireKit(
    `baidu_std through memory, in chunks of ${chunkBytes} bytes`,
    jsonBodies(overMemory(baidu.stream, chunkBytes)),
  );

for (const chunkBytes of [1, 65_536])
  wireKit(
    `Frames over a Unix socket, in chunks of ${chunkBytes} bytes`,
    overSocket(frame, socketPlace, chunkBytes),
    buffered,
  );

wireKit(
  "Frames over TCP, in chunks of 7 bytes",
  overSocket(frame, () => "tcp://127.0.0.1:0", 7),
  buffered,
);

wireKit(
  "Frames over TLS",
  composed(frame, () => "tls://127.0.0.1:0"),
  buffered,
);

wireKit(
  "gRPC-Web to a handler in node:http",
  jsonBodies(within(httpClient(grpcWeb(grpc)), (handler) => createServer(handler))),
  { buffered: true, carries: { reasons: false } },
);
