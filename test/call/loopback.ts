import { makeRoutes, type RoutesOptions } from "../../src/call/routes.js";
import { serve } from "../../src/call/serve.js";
import type { ServerEnvironment } from "../../src/call/server-call.js";
import { type ClientParts, clientOf } from "../../src/call/stub.js";
import { value } from "../../src/codecs/value.js";
import type { Implementation } from "../../src/contract/implement.js";
import type { Client } from "../../src/contract/infer.js";
import type { Service } from "../../src/contract/service.js";

/** How a client and a server in one process are made. */
export interface LoopbackOptions {
  readonly routes?: Partial<RoutesOptions>;
  readonly server?: ServerEnvironment;
  readonly client?: Partial<ClientParts>;
}

/** A client of a service that is served in this process, with nothing between them. */
export function loopback<S extends Service>(
  implementation: Implementation<S>,
  options: LoopbackOptions = {},
): Client<S> {
  const routes = makeRoutes([implementation], { codecs: [value], ...options.routes });
  const parts: ClientParts = {
    dispatch: serve(routes, options.server),
    codec: value,
    peer: { address: "memory://" },
    close: () => Promise.resolve(),
    ...options.client,
  };
  return clientOf(implementation.service, parts) as Client<S>; // by its contract
}
