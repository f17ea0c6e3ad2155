import type { OpenClient } from "../peer.js";
import { connectNodeClient } from "./connect-node.js";

/** A Connect client of connect-node: JSON over HTTP/1.1. */
export const open: OpenClient = connectNodeClient({ httpVersion: "1.1", useBinaryFormat: false });
