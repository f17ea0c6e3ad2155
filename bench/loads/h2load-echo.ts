import { create, toBinary } from "@bufbuild/protobuf";
import { echoProto } from "../callwire/echo-proto.js";
import type { Tool } from "../tool.js";
import { h2load } from "./h2load.js";

const PATH = "/bench.Echo/Echo";

/** Before a message of gRPC are its flags and its length. */
const PREFIX = 5;

/** h2load with a unary call of gRPC. */
export function h2loadGrpc(): Tool {
  return h2load({
    name: "gRPC",
    version: "2",
    path: PATH,
    headers: { "content-type": "application/grpc+proto", te: "trailers" },
    body: (text) => {
      const message = encoded(text);
      const body = Buffer.alloc(PREFIX + message.length);
      body.writeUInt32BE(message.length, 1);
      body.set(message, PREFIX);
      return body;
    },
    witness: "rivals/grpc-js-client",
  });
}

/** h2load with a unary call of Connect. */
export function h2loadConnect(codec: "json" | "proto", version: "1.1" | "2"): Tool {
  return h2load({
    name: `Connect, ${codec} over HTTP/${version}`,
    version,
    path: PATH,
    headers: { "content-type": `application/${codec}`, "connect-protocol-version": "1" },
    body: codec === "json" ? (text) => JSON.stringify({ text }) : encoded,
    witness: `rivals/connect-node-${codec}${version === "2" ? 2 : 1}-client`,
  });
}

function encoded(text: string): Uint8Array {
  const type = echoProto().methods[0]?.input;
  if (type === undefined) throw new Error("The descriptor lacks its method.");
  return toBinary(type, create(type, { text }));
}
