import type { OpenClient } from "../peer.js";
import { connectNodeClient } from "./connect-node.js";

/** A gRPC client of connect-node. */
export const open: OpenClient = connectNodeClient();
