import type { Protocol, Wire } from "../wire.js";
import { BaiduClientSession } from "./client-session.js";
import { detectBaidu } from "./detect.js";
import { BaiduServerSession } from "./server-session.js";

const stream: Wire = {
  name: "baidu",
  // Streams have flow control of their own.
  shares: "all",
  detect: detectBaidu,
  server: (outlet, dispatch, options) => new BaiduServerSession(outlet, dispatch, options),
  client: (outlet, options) => new BaiduClientSession(outlet, options),
};

/** baidu_std, protobuf over TCP as Apache brpc speaks it (docs/cn/baidu_std.md of apache/brpc). README.md beside this file says what it carries. */
export const baidu: Protocol & { readonly stream: Wire } = { name: "baidu", stream };
