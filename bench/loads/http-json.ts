import type { OpenClient } from "../peer.js";
import { openHttp } from "./http.js";

let lastId = 0;

/** JSON-RPC over HTTP/1.1. */
export const open: OpenClient = (address) =>
  openHttp(address, {
    path: "/",
    contentType: "application/json",
    ask: (payload) => JSON.stringify({ jsonrpc: "2.0", id: (lastId += 1), method: "echo", params: [payload] }),
    read: (body) => (JSON.parse(body) as { readonly result: unknown }).result,
  });
