/** What of Connect few calls of a page need: streams of answers, and GET. Loaded together, since files that pages load apart cost more than what is in them. */
export { getRequest } from "./wires/connect/get-request.js";
export { StreamAsking } from "./wires/connect/stream-asking.js";
