import type { HttpOffer } from "../http.js";

/** Which requests over HTTP are answered with the page for people. */
export const pageOffer: HttpOffer = {
  name: "page",
  routes: [{ method: "GET", paths: ["/"] }],
  streams: false,
};
