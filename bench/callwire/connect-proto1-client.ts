import type { OpenClient } from "../peer.js";
import { connectClient } from "./connect-client.js";

/** A Connect client of this package: protobuf over HTTP/1.1. */
export const open: OpenClient = connectClient("connect", true);
