import { ambient } from "../../src/ambient.js";
import { builtInsFor } from "../../src/built-ins.js";
import { destinationOf } from "../../src/calling.js";
import type { Implementation } from "../../src/contract/implement.js";
import type { Service } from "../../src/contract/service.js";
import { Connections } from "../../src/link/connections.js";
import type { Connection } from "../../src/transports/connection.js";
import { newCounters } from "../../src/link/counters.js";
import { pingsOf } from "../../src/link/keepalive.js";
import { Pool } from "../../src/link/pool.js";
import { madeClient } from "../../src/made-client.js";
import { codecsFor } from "../../src/service-codecs.js";
import { hostOf, type PlainOptions } from "../../src/serving.js";
import { DEFAULT_LIMITS } from "../../src/wires/limits.js";
import type { Interceptor } from "../../src/call/handler.js";
import type { Lockstep } from "./lockstep.js";

/** What is joined, and how. */
export interface Joining {
  /** What a user would give to `connect()`, host and port of any kind. */
  readonly url: string;
  readonly connections: number;
  readonly implementation: Implementation;
  /** What the client is made of: the contract, or the name of plain functions. */
  readonly contract: Service | string;
  readonly server?: PlainOptions;
  /** Around the server's methods. */
  readonly interceptors?: readonly Interceptor[];
}

/**
 * Makes a server and a client of it as `serve()` and `connect()` make them, with their defaults, but joined by the taps of a lockstep in place of sockets.
 * Gives back the client.
 */
export async function joined(lockstep: Lockstep, joining: Joining): Promise<AsyncDisposable> {
  const accept = await serving(joining);
  const { wire, url, http, bytes, attachable } = destinationOf(joining.url);
  await loaded([wire]);
  const silent = (): void => {};
  const dial = (_url: string, opened: () => void): Connection => {
    const { server, client } = lockstep.connection();
    accept(server);
    setImmediate(opened);
    return client;
  };
  const pool = new Pool(
    {
      wire,
      url,
      dial: { load: () => Promise.resolve(dial) },
      session: { limits: DEFAULT_LIMITS, http, pings: pingsOf({}, silent) },
      connectTimeoutMs: 20_000,
      idleTimeoutMs: 900_000,
      counters: newCounters(),
      log: silent,
    },
    joining.connections,
  );
  const client = madeClient(joining.contract, {
    dispatch: pool.dispatch,
    codecsFor,
    codecs: bytes ? ["proto", "json"] : ["value"],
    peer: { address: joining.url },
    ambient,
    attachable,
    close: () => pool.close(),
  });
  return client as AsyncDisposable; // as all that madeClient() makes
}

/** Makes a server, and gives back what takes its connections. */
async function serving({ implementation, server = {}, interceptors = [] }: Joining): Promise<Connections["add"]> {
  const services = [implementation];
  const { services: builtIns } = await builtInsFor(services, {});
  const codecs = await codecsFor([implementation.service]);
  const host = hostOf({ services, builtIns, codecs, interceptors, tls: undefined }, server, (message) =>
    console.error(message),
  );
  await loaded(host.wires);
  return new Connections(host, { maxActive: 65_536, maxWaiting: 1024 }).add;
}

/** Loads what would be loaded when it is needed: how many turns that takes depends on the machine, and with them what V8 has compiled when. */
async function loaded(entries: readonly object[]): Promise<void> {
  for (const entry of entries) if ("load" in entry && typeof entry.load === "function") await entry.load();
}
