import type { Wire } from "../wire.js";
import { FrameClientSession } from "./client-session.js";
import { detectFrame } from "./detect.js";
import { FrameServerSession } from "./server-session.js";

/** Length-prefixed JSON: callwire's own public protocol, a superset of what Python articles teach. README.md beside this file has its grammar. */
export const frame: Wire = {
  name: "frame",
  shares: "unary",
  detect: detectFrame,
  server: (outlet, dispatch, options) => new FrameServerSession(outlet, dispatch, options),
  client: (outlet, options) => new FrameClientSession(outlet, options),
};
