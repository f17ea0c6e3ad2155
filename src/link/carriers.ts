import type { Connection, Listening } from "../transports/connection.js";
import { dialTo, listenAt, type Place } from "../transports/net.js";
import { tcpPlace } from "../transports/tcp.js";
import { removeStale, unixPlace } from "../transports/unix.js";

/** Listens at a URL, `tcp://127.0.0.1:0`, `tls://127.0.0.1:0` or `unix:///run/app.sock`. Rejects with a sentence that names the URL. */
export async function listenOn(url: string, accept: (connection: Connection) => void): Promise<Listening> {
  const place = placeOf(url);
  try {
    if ("path" in place.options) await removeStale(place.options.path);
    return await listenAt(place, accept);
  } catch (error) {
    throw new Error(`Cannot listen on ${url}: ${(error as Error).message}.`, { cause: error }); // all that node:net rejects with
  }
}

/** Goes to a place that a URL names. `opened` is called when the connection is there. */
export type Dial = (url: string, opened: () => void) => Connection;

/** Goes to a URL, without TLS. */
export const dial: Dial = (url, opened) => dialTo(placeOf(url), opened);

/** The place that a URL names. Throws a TypeError that lists what there is. */
export function placeOf(url: string): Place {
  if (url.startsWith("tcp://")) return tcpPlace(url.slice(6).replace(/\/$/u, ""));
  if (url.startsWith("tls://")) return tcpPlace(url.slice(6).replace(/\/$/u, ""), "tls");
  if (url.startsWith("unix://")) return unixPlace(url.slice(7));
  throw new TypeError(`${JSON.stringify(url)} is no address: write tcp://HOST:PORT, tls://HOST:PORT or unix:///PATH.`);
}
