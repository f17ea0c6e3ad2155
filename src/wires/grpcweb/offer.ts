import type { HttpOffer } from "../http.js";
import { CONTENT_TYPES } from "./codec.js";

/** Which requests over HTTP are gRPC-Web's. */
export const grpcWebOffer: HttpOffer = {
  name: "grpcweb",
  routes: [{ method: "POST", paths: "calls", types: CONTENT_TYPES }],
  streams: true,
  ownCodings: true,
};
