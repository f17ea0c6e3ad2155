import { expect, test } from "vitest";
import { NO_FIELDS } from "../../call/fields.js";
import { type CallHead, DEAF } from "../../call/sink.js";
import { OK } from "../../call/status.js";
import type { HttpAsk, HttpOut, HttpRequest } from "../http.js";
import { DEFAULT_LIMITS } from "../limits.js";
import type { HttpTarget } from "../wire.js";
import { httpClient } from "./http-client.js";

const OUT: HttpOut = {
  respond() {},
  head() {},
  data: () => true,
  resume() {},
  reset() {},
  upgrade: () => false,
};

function headOf(): CallHead {
  return {
    path: "math/add",
    codec: "value",
    timeoutMs: undefined,
    fields: NO_FIELDS,
    peer: { address: "memory://" },
    positional: true,
    shape: "unary",
    memo: undefined,
  };
}

/** The requests of calls of one head that are made over one connection after the other. */
function requestsOver(targets: readonly HttpTarget[]): readonly HttpRequest[] {
  const requests: HttpRequest[] = [];
  const ask: HttpAsk = (request) => {
    requests.push(request);
    return OUT;
  };
  const head = headOf();
  const connections = targets.map((http) =>
    httpClient(ask, { limits: DEFAULT_LIMITS, peer: { address: "memory://" }, http }),
  );
  for (const dispatch of [...connections, ...connections]) dispatch(head, DEAF).end(OK, [1, 2]);
  return requests;
}

test("Calls of one head are one request on all connections of a client, so that what transports know of it is kept.", () => {
  const http: HttpTarget = { authority: "a", path: "/rpc", fields: [] };
  const [first, ...others] = requestsOver([http, http]);
  expect(first).toMatchObject({ method: "POST", path: "/rpc" });
  expect(others).toHaveLength(3);
  for (const other of others) expect(other).toBe(first);
});

test("Connections to another place have requests of their own.", () => {
  const places = requestsOver([
    { authority: "a", path: "/one", fields: [] },
    { authority: "a", path: "/two", fields: [] },
  ]);
  expect(places.map(({ path }) => path)).toEqual(["/one", "/two", "/one", "/two"]);
});
