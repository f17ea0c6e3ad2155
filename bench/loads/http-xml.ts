import type { OpenClient } from "../peer.js";
import { openHttp } from "./http.js";

/** XML-RPC over HTTP/1.1. */
export const open: OpenClient = (address) =>
  openHttp(address, {
    path: "/RPC2",
    contentType: "text/xml",
    ask: (payload) =>
      `<?xml version='1.0'?>\n<methodCall>\n<methodName>echo</methodName>\n<params>\n<param>\n<value><string>${payload}</string></value>\n</param>\n</params>\n</methodCall>\n`,
    read: (body) => /<string>([^<]*)<\/string>/.exec(body)?.[1],
  });
