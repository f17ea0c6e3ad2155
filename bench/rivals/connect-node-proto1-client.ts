import type { OpenClient } from "../peer.js";
import { connectNodeClient } from "./connect-node.js";

/** A Connect client of connect-node: protobuf over HTTP/1.1. */
export const open: OpenClient = connectNodeClient({ httpVersion: "1.1", useBinaryFormat: true });
