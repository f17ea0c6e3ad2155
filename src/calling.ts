import { type Dial, placeOf } from "./link/carriers.js";
import { type ProtocolEntry, PROTOCOLS } from "./protocols.js";
import { frame } from "./wires/frame/wire.js";
import type { Batching, ClientWire, HttpTarget, Protocol } from "./wires/wire.js";
import type { ClientEntry, Later } from "./link/later.js";
import type { TlsClientOptions } from "./transports/tls-options.js";

/** Where a client's connections go, and what they speak. */
export interface Destination {
  readonly wire: ClientEntry;
  /** `tcp://127.0.0.1:8080`, `tls://127.0.0.1:8443` or `unix:///run/app.sock`. */
  readonly url: string;
  /** How connections that speak TLS are made; undefined: they speak none. */
  readonly dial?: Later<Dial> | undefined;
  readonly http: HttpTarget;
  /** How its calls can travel together, where they can. */
  readonly batching?: Later<Batching> | undefined;
  /** Its messages are bytes, made by a codec. */
  readonly bytes: boolean;
  /** Calls may have attachments. */
  readonly attachable: boolean;
}

/** Makes what clients speak, of a protocol and a carrier that it goes over. */
type Carry = (protocol: Protocol) => ClientWire | undefined | Promise<ClientWire | undefined>;

const overHttp: Carry = (protocol) => import("./link/http-client.js").then(({ httpClient }) => httpClient(protocol));

const CARRY: Readonly<Record<string, Carry>> = {
  http2: (protocol) => import("./link/http2.js").then(({ http2Client }) => http2Client(protocol)),
  http: overHttp,
  ws: (protocol) => import("./link/http-client.js").then(({ webSocketClient }) => webSocketClient(protocol)),
  tcp: ({ stream }) => stream,
  unix: (protocol) => protocol.stream ?? overHttp(protocol),
};

/** What a carrier calls itself where protocols are agreed on (ALPN, RFC 7301). */
const ALPN: Readonly<Record<string, readonly string[]>> = { http2: ["h2"], http: ["http/1.1"], ws: ["http/1.1"] };

/**
 * Reads `WIRE[+CARRIER][+tls]://[USER:PASSWORD@]AUTHORITY[/PATH]`; `tls` is how clients speak TLS where the URL says that they do.
 * Throws a TypeError that says what there is.
 */
export function destinationOf(url: string, tls: TlsClientOptions = {}): Destination {
  const match = /^(?<wire>[a-z]+)(?:\+(?!tls:)(?<carrier>[a-z0-9]+))?(?<secure>\+tls)?:\/\/(?<place>.+)$/u.exec(url);
  const { wire: name = "", carrier, secure, place = "" } = match?.groups ?? {};
  const protocol = PROTOCOLS.find((each) => each.name === name);
  if (protocol === undefined) {
    const names = PROTOCOLS.map((each) => each.name).toSorted();
    throw new TypeError(
      `Cannot call ${JSON.stringify(url)}: write WIRE://HOST:PORT or WIRE+tls://HOST:PORT, with a wire of ${names.join(", ")}.`,
    );
  }
  const chosen = carrier ?? Object.keys(protocol.carriers)[0] ?? "";
  const known = Object.hasOwn(protocol.carriers, chosen) ? protocol.carriers[chosen] : undefined;
  if (known === undefined) {
    const names = Object.keys(protocol.carriers).join(", ");
    throw new TypeError(`Wire ${name} goes over ${names}, not ${JSON.stringify(chosen)}.`);
  }
  return {
    wire: name === frame.name ? frame : { name, ...known, load: () => clientWire(protocol, chosen) },
    bytes: protocol.bytes === true,
    attachable: protocol.attachments === true,
    batching: protocol.batching === true ? { load: () => batchingOf(protocol) } : undefined,
    ...(chosen === "unix"
      ? unixTarget(place, secure !== undefined)
      : tcpTarget(place, { isHttp: chosen !== "tcp", secure: secure !== undefined })),
    ...(secure === undefined ? {} : { dial: tlsDialing(tls, ALPN[chosen] ?? []) }),
  };
}

async function clientWire(protocol: ProtocolEntry, carrier: string): Promise<ClientWire> {
  // Over a Unix socket, HTTP/2 is what a protocol that needs it speaks.
  const over = carrier === "unix" && protocol.http2 === true ? "http2" : carrier;
  const wire = await CARRY[over]?.(await protocol.load());
  if (wire === undefined) throw new Error(`Wire ${protocol.name} lacks the carrier ${carrier}.`);
  return wire;
}

async function batchingOf(protocol: ProtocolEntry): Promise<Batching> {
  const { batching } = await protocol.load();
  if (batching === undefined) throw new Error(`Wire ${protocol.name} has no way to send calls together.`);
  return batching;
}

function tlsDialing(tls: TlsClientOptions, protocols: readonly string[]): Later<Dial> {
  return { load: () => import("./link/tls-dial.js").then(({ tlsDial }) => tlsDial(tls, protocols)) };
}

function unixTarget(path: string, secure: boolean): Pick<Destination, "url" | "http"> {
  if (secure) throw new TypeError("A Unix socket carries no TLS: leave +tls out, nobody listens in on the way.");
  const url = `unix://${path}`;
  placeOf(url); // throws for what is no place
  return { url, http: { authority: "localhost", path: "", fields: [] } };
}

/** Reads `[USER:PASSWORD@]HOST[:PORT][/PATH]`; HTTP has a port of its own. */
function tcpTarget(
  place: string,
  { isHttp, secure }: { readonly isHttp: boolean; readonly secure: boolean },
): Pick<Destination, "url" | "http"> {
  const { credentials, authority, path } = partsOf(place);
  const address = isHttp && !/:\d+$/u.test(authority) ? `${authority}:${secure ? 443 : 80}` : authority;
  const url = `${secure ? "tls" : "tcp"}://${address}`;
  placeOf(url); // throws for what is no place
  const fields = credentials === undefined ? [] : [["authorization", basic(credentials)] as const];
  return { url, http: { authority, path, fields, secure } };
}

function partsOf(place: string): { credentials: string | undefined; authority: string; path: string } {
  const slash = place.indexOf("/");
  const whole = slash < 0 ? place : place.slice(0, slash);
  const path = slash < 0 ? "" : place.slice(slash).replace(/#.*$/u, "");
  const at = whole.lastIndexOf("@");
  return {
    credentials: at < 0 ? undefined : whole.slice(0, at),
    authority: whole.slice(at + 1),
    // A path of one slash says no more than none: wires have a path of their own.
    path: path === "/" ? "" : path,
  };
}

/** The field that carries a user and a password (RFC 7617). */
function basic(credentials: string): string {
  let plain: string;
  try {
    plain = decodeURIComponent(credentials);
  } catch {
    throw new TypeError("The user and password of the URL are not percent-encoded: write @ as %40 and % as %25.");
  }
  return `Basic ${Buffer.from(plain).toString("base64")}`;
}
