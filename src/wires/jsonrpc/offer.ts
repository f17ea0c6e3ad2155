import type { HttpOffer } from "../http.js";

/** Which requests over HTTP are JSON-RPC's. */
export const jsonRpcOffer: HttpOffer = {
  name: "jsonrpc",
  streams: false,
  routes: [
    {
      method: "POST",
      paths: ["/", "/jsonrpc"],
      types: ["application/json", "application/json-rpc", "application/jsonrequest"],
    },
  ],
};
