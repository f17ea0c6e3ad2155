import type { OpenClient } from "../peer.js";
import { openHttp } from "./http.js";

/** Connect in JSON over HTTP/1.1. */
export const open: OpenClient = (address) =>
  openHttp(address, {
    path: "/bench.Echo/Echo",
    contentType: "application/json",
    ask: (payload) => JSON.stringify({ text: payload }),
    read: (body) => /"text": *"([^"]*)"/u.exec(body)?.[1],
  });
