import { jsonrpc } from "../../src/wires/jsonrpc/wire.js";
import type { Wire } from "../../src/wires/wire.js";
import { overMemory } from "../matrix/worlds.js";
import { wireKit } from "../wirekit.js";
import { httpDispatch, httpPair, httpServe } from "./loopback.js";

for (const framing of ["lines", "headers"] as const) {
  const { stream } = jsonrpc;
  const wire: Wire = { ...stream, client: (outlet, options) => stream.client(outlet, { ...options, framing }) };
  // The framings' own tests cut messages everywhere; here it is the session that meets small pieces.
  for (const chunkBytes of framing === "lines" ? [1, 65_536] : [7])
    wireKit(`JSON-RPC (${framing}) through memory, in chunks of ${chunkBytes} bytes`, overMemory(wire, chunkBytes));
}

for (const chunkBytes of [7]) {
  wireKit(
    `JSON-RPC over HTTP with nothing between, in chunks of ${chunkBytes} bytes`,
    ({ dispatch }) => ({
      dispatch: httpDispatch(httpPair(httpServe(dispatch), chunkBytes)),
      close: () => Promise.resolve(),
    }),
    { severable: false, carries: { streams: false } },
  );
}
