import type { StartServer } from "../peer.js";
import { niceGrpc } from "./nice-grpc.js";

/** gRPC as nice-grpc serves it. */
export const start: StartServer = async (port = 0) => {
  const { createServer, service } = niceGrpc();
  const server = createServer();
  server.add(service, { echo: async (message: unknown) => message });
  return `tcp://127.0.0.1:${await server.listen(`127.0.0.1:${port}`)}`;
};
