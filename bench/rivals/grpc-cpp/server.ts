import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { ServerPid, StartServer } from "../../peer.js";
import { GRPC_CPP_SERVER } from "./build.js";

let server: ChildProcess | undefined;

/** gRPC as its C++ library serves it, by its asynchronous API. */
export const start: StartServer = async () => {
  server = spawn(GRPC_CPP_SERVER, { stdio: ["pipe", "pipe", "inherit"] });
  if (server.stdout === null) throw new Error("The C++ server has no output.");
  const [port] = await once(server.stdout, "data");
  return `tcp://127.0.0.1:${Number(String(port))}`;
};

/** The C++ process; this one only started it. */
export const pid: ServerPid = () => server?.pid;
