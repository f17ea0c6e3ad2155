import { implement, serve } from "callwire";
import type { StartServer } from "../peer.js";
import { echoProto } from "./echo-proto.js";

/** A protobuf echo, served with nothing but defaults: gRPC, gRPC-Web and Connect. */
export const start: StartServer = async (port = 0) => {
  const echo = implement(echoProto(), { echo: (message: unknown) => message });
  const server = await serve([echo], { listen: [`tcp://127.0.0.1:${port}`] });
  const address = server.addresses[0];
  if (address === undefined) throw new Error("The server gave no address.");
  return address;
};
