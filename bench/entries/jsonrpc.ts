import type { Entry } from "../entry.js";

const http = "loads/http-json";
const lines = "loads/lines";

/** JSON-RPC over HTTP/1.1 and over TCP, against jayson and servers written by hand. */
export const jsonrpc: Entry = {
  name: "jsonrpc",
  title: "JSON-RPC",
  about: "unary echo of a 20-byte string, JSON-RPC 2.0.",
  cells: [{ connections: 16, inflight: 64 }],
  comparisons: [
    {
      name: "over HTTP",
      about: "each server under the same client, written by hand; one call at a time on each connection.",
      judged: "server",
      competitors: [
        { name: "node:http by hand", server: "bare/http-json-server", client: http },
        { name: "jayson", server: "rivals/jayson-http", client: http },
        { name: "callwire", server: "callwire/server", client: http },
      ],
    },
    {
      name: "over TCP",
      about: "each server under the same client, written by hand; a JSON text a line.",
      judged: "server",
      competitors: [
        { name: "net by hand", server: "bare/lines-server", client: lines },
        { name: "jayson", server: "rivals/jayson-tcp", client: lines },
        { name: "callwire", server: "callwire/server", client: lines },
      ],
    },
  ],
};
