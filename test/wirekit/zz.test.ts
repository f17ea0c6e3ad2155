import { connect as dialSocket, createServer, type Socket } from "node:net";
import { xmlrpc } from "../../src/wires/xmlrpc/wire.js";
import { jsonrpc } from "../../src/wires/jsonrpc/wire.js";
import { httpClient } from "../../src/link/http-client.js";
import { wireKit } from "../wirekit.js";
import { serve } from "../../src/server.js";
import { Pool } from "../../src/link/pool.js";
import { newCounters } from "../../src/link/counters.js";
import { DEFAULT_LIMITS } from "../../src/wires/limits.js";
import type { Open } from "./world.js";
async function networkTo(target: string) {
  const sockets = new Set<Socket>();
  const to = { host: new URL(target).hostname, port: Number(new URL(target).port) };
  const relay = createServer({ allowHalfOpen: true, noDelay: true }, (one) => {
    const other = dialSocket({ ...to, allowHalfOpen: true, noDelay: true });
    for (const [socket, opp] of [[one, other], [other, one]] as const) {
      sockets.add(socket);
      socket.on("error", () => { Object.assign(opp, { resetAndClosing: true }); opp.destroy(); });
      socket.on("close", () => sockets.delete(socket));
    }
    one.on("close", () => other.destroy());
    other.on("close", () => one.destroy());
    one.pipe(other); other.pipe(one);
  });
  await new Promise<void>((r) => { relay.listen(0, "127.0.0.1", r); });
  return { address: `tcp://127.0.0.1:${(relay.address() as any).port}`,
    sever: () => { for (const s of sockets) { Object.assign(s, { resetAndClosing: true }); s.destroy(); } },
    close: () => new Promise<void>((r) => { for (const s of sockets) s.destroy(); relay.close(() => r()); }) };
}
function over(http: any): Open {
  return async ({ services, interceptors }) => {
    const server = await serve(services, { listen: ["tcp://127.0.0.1:0"], interceptors, log: () => {} });
    const network = await networkTo(server.addresses[0]!);
    const pool = new Pool({ wire: httpClient(http), url: network.address, session: { limits: DEFAULT_LIMITS, http: { authority: "localhost", path: "", fields: [] } }, connectTimeoutMs: 5000, counters: newCounters(), log: () => {} } as any, 16);
    return { dispatch: pool.dispatch, sever: network.sever, close: async () => { await pool.close(); await network.close(); await server.stop({ graceMs: 0 }); } };
  };
}
wireKit("xmlrpc http", over(xmlrpc.http), { buffered: true, carries: { streams: false, details: false, text: "xml", reasons: true } });
wireKit("jsonrpc http", over(jsonrpc.http), { buffered: true, carries: { streams: false, reasons: true } });
