import { grpcClient } from "./wires/grpc/client.js";
import { grpcWebAsk } from "./wires/grpcweb/client.js";
import type { HttpWire } from "./wires/http.js";

/** gRPC-Web over `fetch`: loaded when a page first calls by it. */
export const grpcWebClient: HttpWire["client"] = (ask, options) => grpcClient(grpcWebAsk(ask, options), options);
