import type { Entry } from "../entry.js";

const client = "loads/http-xml";

/** XML-RPC, against the servers that people use today. */
export const xmlrpc: Entry = {
  name: "xmlrpc",
  title: "XML-RPC",
  about: "unary echo of a 20-byte string, XML-RPC over HTTP/1.1 with keep-alive.",
  cells: [{ connections: 16, inflight: 16 }],
  comparisons: [
    {
      name: "servers",
      about: "each server under the same client, written by hand.",
      judged: "server",
      competitors: [
        { name: "npm xmlrpc", server: "rivals/npm-xmlrpc", client },
        { name: "Python, threaded", server: "rivals/python-xmlrpc", client },
        { name: "callwire", server: "callwire/server", client },
      ],
    },
  ],
};
