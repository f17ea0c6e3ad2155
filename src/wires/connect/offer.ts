import type { HttpOffer } from "../http.js";
import { CONTENT_TYPES } from "./codec.js";

/** Which requests over HTTP are Connect's. */
export const connectOffer: HttpOffer = {
  name: "connect",
  routes: [
    { method: "POST", paths: "calls", types: CONTENT_TYPES },
    { method: "GET", paths: "calls" },
  ],
  streams: true,
  ownCodings: true,
};
