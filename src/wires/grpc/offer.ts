import type { HttpOffer } from "../http.js";
import { CONTENT_TYPES } from "./codec.js";

/** Which requests over HTTP are gRPC's. */
export const grpcOffer: HttpOffer = {
  name: "grpc",
  routes: [{ method: "POST", paths: "any", types: CONTENT_TYPES }],
  streams: true,
  ownCodings: true,
};
