import { lateWire } from "./link/late-wire.js";
import type { ServerEntry } from "./link/later.js";
import type { ProtocolEntry } from "./protocols.js";
import { detectHttp1 } from "./transports/http1/detect-http1.js";
import { detectHttp2 } from "./transports/http2/detect-http2.js";
import { frame } from "./wires/frame/wire.js";
import type { HttpServerWire } from "./wires/http.js";
import { pageOffer } from "./wires/page/offer.js";
import type { Protocol, ServerWire } from "./wires/wire.js";

/**
 * Lists what connections may speak, in the order in which they are asked about the first bytes: HTTP, then what has connections of its own. What nobody
 * speaks is never loaded: it would take as long as to start node. `log` is told what cannot be loaded.
 */
export function serverWires(
  protocols: readonly ProtocolEntry[],
  log: (message: string) => void,
): readonly ServerEntry[] {
  const streams = protocols.flatMap((entry): readonly ServerEntry[] => {
    const { name, detect, load } = entry;
    if (name === frame.name) return [frame];
    return detect === undefined ? [] : [{ name, detect, load: async () => part("stream", await load()) }];
  });
  if (!protocols.some(({ http }) => http !== undefined)) return streams;
  const known = protocols.map((entry) => ({ entry, wire: overHttp(entry, log) }));
  const page = pageFor(protocols, log);
  const riding = (http2: boolean): readonly HttpServerWire[] => [
    ...known.flatMap(({ entry, wire }) => (wire === undefined || (entry.http2 === true && !http2) ? [] : [wire])),
    page,
  ];
  return [
    {
      name: "http2",
      detect: detectHttp2,
      load: async () => (await import("./link/http2.js")).http2Serving(riding(true)),
    },
    {
      name: "http",
      detect: detectHttp1,
      load: async () => {
        const { httpServing } = await import("./link/http-serving.js");
        const talking = protocols.find(({ webSockets }) => webSockets === true);
        const messages = talking?.http && {
          routes: talking.http.routes,
          load: async (): Promise<ServerWire> => part("messages", await talking.load()),
        };
        return httpServing({ wires: riding(false), messages, failed: failing("WebSocket", log) });
      },
    },
    ...streams,
  ];
}

/** A protocol as it rides HTTP, loaded with its first request. */
function overHttp({ name, http, load }: ProtocolEntry, log: (message: string) => void): HttpServerWire | undefined {
  if (http === undefined) return undefined;
  return lateWire(http, { load: async () => part("http", await load()), failed: failing(name, log) });
}

/** The page for people. */
function pageFor(protocols: readonly ProtocolEntry[], log: (message: string) => void): HttpServerWire {
  const names = protocols.map(({ name }) => name);
  const load = async (): Promise<HttpServerWire> => (await import("./wires/page/wire.js")).pageOf(names);
  return lateWire(pageOffer, { load, failed: failing(pageOffer.name, log) });
}

/** What of a protocol travels one way; that it does is known before it is loaded. */
function part<K extends "stream" | "messages" | "http">(way: K, protocol: Protocol): NonNullable<Protocol[K]> {
  const found = protocol[way];
  if (found === undefined) throw new Error(`Wire ${protocol.name} has no way "${way}".`);
  return found;
}

function failing(name: string, log: (message: string) => void): (error: unknown) => void {
  return (error) => log(`Cannot load ${name}: ${String(error)}`);
}
