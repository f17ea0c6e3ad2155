import type { ClientPings, ServerKeepalive } from "../wires/wire.js";

/** How a server watches over connections of HTTP/2 (gRPC proposals A8 and A9). Everything has a default; `Infinity` is never. */
export interface KeepaliveOptions {
  /** A client that has been silent for so long is asked for a sign of life by a PING; 2 h by default. */
  readonly keepaliveTimeMs?: number;
  /** Where nothing comes for so long after that, the connection is lost; 20 s by default. */
  readonly keepaliveTimeoutMs?: number;
  /** Clients may send a PING so often, beside those after each HEADERS and DATA; the third that comes too early ends the connection. 5 min by default. */
  readonly keepaliveMinTimeMs?: number;
  /** They may also while they have no calls open; else every two hours. */
  readonly keepalivePermitWithoutCalls?: boolean;
  /** A connection of HTTP/2 that has had no calls for so long is closed, whatever else it says; without it, it lives on. */
  readonly maxConnectionIdleMs?: number;
}

/** When a client asks its server for a sign of life, over HTTP/2. Everything has a default; `Infinity` is never. */
export interface PingOptions {
  /** A server that has been silent for so long while calls are open is asked by a PING; without it no open call is watched over. */
  readonly pingIntervalMs?: number;
  /** Where nothing comes for so long after a PING, the connection is lost and its calls end as `unavailable`; 15 s by default. */
  readonly pingTimeoutMs?: number;
  /** The same while no calls are open. */
  readonly pingIdleConnection?: boolean;
}

/** After so long without a byte a connection may be dead, where nothing else is said: machines sleep, and routers forget. */
const DOUBT_MS = 60_000;

/** What sessions of a server are told. */
export function keepaliveOf(options: KeepaliveOptions): ServerKeepalive {
  return {
    timeMs: options.keepaliveTimeMs ?? 7_200_000,
    timeoutMs: options.keepaliveTimeoutMs ?? 20_000,
    minTimeMs: options.keepaliveMinTimeMs ?? 300_000,
    permitWithoutCalls: options.keepalivePermitWithoutCalls ?? false,
    maxIdleMs: options.maxConnectionIdleMs ?? Number.POSITIVE_INFINITY,
  };
}

/** What all sessions of a client are told. It asks half as often each time that a server complains, and `log` hears of that. */
export function pingsOf(options: PingOptions, log: (message: string) => void): ClientPings {
  const { pingIntervalMs, pingTimeoutMs = 15_000 } = options;
  let factor = 1;
  return {
    get silenceMs() {
      return (pingIntervalMs ?? Number.POSITIVE_INFINITY) * factor;
    },
    get doubtMs() {
      // Where an answer may take for ever, no call is to wait for it.
      return (pingTimeoutMs === Number.POSITIVE_INFINITY ? pingTimeoutMs : (pingIntervalMs ?? DOUBT_MS)) * factor;
    },
    answerMs: pingTimeoutMs,
    withoutCalls: options.pingIdleConnection ?? false,
    wallNow: Date.now,
    slower() {
      factor *= 2;
      log(
        `The server closed a connection because it was sent PINGs too often: they are sent half as often from now on. Raise pingIntervalMs${
          pingIntervalMs === undefined ? "" : `, which is ${pingIntervalMs}`
        }, or ask for another keepaliveMinTimeMs at the server.`,
      );
    },
  };
}
