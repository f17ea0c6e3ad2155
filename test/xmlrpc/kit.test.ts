import { wireKit } from "../wirekit.js";
import type { Open } from "../wirekit/world.js";
import { overXml } from "./loopback.js";

/** The kit's server behind XML, bodies cut into pieces. */
function pieces(chunkBytes: number): Open {
  return (server) => {
    const { dispatch, http } = overXml(server.dispatch, { chunkBytes, endApart: chunkBytes % 2 === 1 });
    return { dispatch, close: () => Promise.resolve(), sever: () => http.sever() };
  };
}

for (const chunkBytes of [7, 65_536]) {
  wireKit(`XML-RPC in memory, ${chunkBytes} bytes at a time`, pieces(chunkBytes), {
    carries: { streams: false, details: false, text: "xml" },
  });
}
