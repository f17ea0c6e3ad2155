import type { HttpOffer } from "../http.js";

/** Which requests over HTTP are XML-RPC's. */
export const xmlRpcOffer: HttpOffer = {
  name: "xmlrpc",
  routes: [{ method: "POST", paths: ["/", "/RPC2"], types: ["text/xml", "application/xml"] }],
  streams: false,
};
