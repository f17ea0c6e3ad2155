import { functions, serve } from "callwire";
import type { StartServer } from "../peer.js";

const bench = functions("bench", { echo: (value: unknown) => value });

/** The same echo, served by this package with nothing but defaults. */
export const start: StartServer = async (port = 0) => {
  const server = await serve([bench], { listen: [`tcp://127.0.0.1:${port}`] });
  const address = server.addresses[0];
  if (address === undefined) throw new Error("The server gave no address.");
  return address;
};
