import type { OpenClient } from "../peer.js";
import { connectNodeClient } from "./connect-node.js";

/** A Connect client of connect-node: protobuf over HTTP/2. */
export const open: OpenClient = connectNodeClient({ httpVersion: "2", useBinaryFormat: true });
